package io.gramian.spark.ablate;

import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import java.util.List;

/**
 * What to compare.
 *
 * @param criteria sets of criteria
 * @param keepRatios widths, each for every set; 1 is the model as it came and scored once
 * @param steps to which widths are rounded
 */
public record AblateRequest(
    List<NamedCriteria> criteria, List<KeepRatio> keepRatios, Granularity steps) {

  public AblateRequest {
    criteria = List.copyOf(criteria);
    keepRatios = List.copyOf(keepRatios);
  }
}

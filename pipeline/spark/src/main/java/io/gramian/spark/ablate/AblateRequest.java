package io.gramian.spark.ablate;

import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import java.util.List;

/**
 * What to compare.
 *
 * @param criteria sets of criteria
 * @param keepRatios widths, each for every set; 1 is the model as it came and scored once
 * @param profile to whose steps widths are rounded
 * @param allocations ways to share a ratio out over the blocks, each for every set and width
 */
public record AblateRequest(
    List<NamedCriteria> criteria,
    List<KeepRatio> keepRatios,
    DeviceProfile profile,
    List<WidthChoice> allocations) {

  public AblateRequest {
    criteria = List.copyOf(criteria);
    keepRatios = List.copyOf(keepRatios);
    allocations = List.copyOf(allocations);
  }
}

package io.gramian.compress.sort;

import io.gramian.model.Coupling;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;

/** The criterion of each coupling in one run. */
public record SortCriteria(
    MlpCriterion mlp, QueryKeyCriterion queryKey, ValueOutputCriterion valueOutput)
    implements Serializable {

  /** What works best on the models measured (algorithms.md section 3). */
  public static final SortCriteria DEFAULT =
      new SortCriteria(
          MlpCriterion.OUTPUT_ERROR, QueryKeyCriterion.NORM, ValueOutputCriterion.JOINT);

  /** Criterion labels by coupling, for records of a run. */
  public Map<Coupling, String> labels() {
    Map<Coupling, String> labels = new EnumMap<>(Coupling.class);
    labels.put(Coupling.MLP, mlp.label());
    labels.put(Coupling.QUERY_KEY, queryKey.label());
    labels.put(Coupling.VALUE_OUTPUT, valueOutput.label());
    return labels;
  }
}

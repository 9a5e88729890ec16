package io.gramian.compress.sort;

import io.gramian.model.Coupling;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;

/** The criterion of each coupling in one run. */
public record SortCriteria(
    MlpCriterion mlp,
    QueryKeyCriterion queryKey,
    ValueOutputCriterion valueOutput,
    StateCriterion state,
    HeadChannelCriterion headChannel)
    implements Serializable {

  /** What works best on the models measured (algorithms.md section 3). */
  public static final SortCriteria DEFAULT =
      new SortCriteria(
          MlpCriterion.OUTPUT_ERROR,
          QueryKeyCriterion.NORM,
          ValueOutputCriterion.JOINT,
          StateCriterion.OUTPUT_ERROR,
          HeadChannelCriterion.OUTPUT_ERROR);

  /** What the paper does. */
  public static final SortCriteria PAPER =
      new SortCriteria(
          MlpCriterion.RIDGE_LEVERAGE,
          QueryKeyCriterion.NORM,
          ValueOutputCriterion.ACTIVATION,
          StateCriterion.NORM,
          HeadChannelCriterion.STATE_AWARE);

  /** The same with other criteria for the MLP and for value and output. */
  public SortCriteria with(MlpCriterion otherMlp, ValueOutputCriterion otherValueOutput) {
    return new SortCriteria(otherMlp, queryKey, otherValueOutput, state, headChannel);
  }

  /** The same with other criteria for state space mixers. */
  public SortCriteria with(StateCriterion otherState, HeadChannelCriterion otherHeadChannel) {
    return new SortCriteria(mlp, queryKey, valueOutput, otherState, otherHeadChannel);
  }

  /** Criterion labels by coupling, for records of a run. */
  public Map<Coupling, String> labels() {
    Map<Coupling, String> labels = new EnumMap<>(Coupling.class);
    labels.put(Coupling.MLP, mlp.label());
    labels.put(Coupling.QUERY_KEY, queryKey.label());
    labels.put(Coupling.VALUE_OUTPUT, valueOutput.label());
    labels.put(Coupling.B_C, state.label());
    labels.put(Coupling.Z_X_OUT, headChannel.label());
    return labels;
  }
}

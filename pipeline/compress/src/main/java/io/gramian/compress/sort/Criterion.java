package io.gramian.compress.sort;

/** A way to rank a coupling group's units. */
public sealed interface Criterion
    permits MlpCriterion,
        QueryKeyCriterion,
        ValueOutputCriterion,
        StateCriterion,
        HeadChannelCriterion {

  /** The name used in options and artifacts. */
  String label();
}

package io.gramian.spark.wave;

/** What a wave's tasks hand on. */
enum Emission {
  STATISTICS,
  HIDDEN_STATES,
  BOTH;

  boolean statistics() {
    return this != HIDDEN_STATES;
  }

  boolean hiddenStates() {
    return this != STATISTICS;
  }
}

package io.gramian.compress.sort;

/** How the channels of an SSM head are ranked (algorithms.md section 2). */
public enum HeadChannelCriterion implements Criterion {
  /** The paper's Algorithm 5: ridge leverage of the recurrent state. */
  STATE_AWARE("state-aware"),
  /** Ridge leverage of the output projection's input. */
  RIDGE_LEVERAGE("ridge-leverage"),
  /** Backward elimination by the error it causes in the block's output. Ours, the default. */
  OUTPUT_ERROR("output-error");

  private final String label;

  HeadChannelCriterion(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}

package io.gramian.compress.sort;

/** How the channels of an MLP are ranked (algorithms.md section 2). */
public enum MlpCriterion implements Criterion {
  /** The paper's Algorithm 1: {@code diag(C (C + I)^-1)}. */
  RIDGE_LEVERAGE("ridge-leverage"),
  /** {@code C_ii ||row i of W_down||^2}: the diagonal only. */
  ENERGY("energy"),
  /** Backward elimination by the error it causes in the block's output. Ours, the default. */
  OUTPUT_ERROR("output-error");

  private final String label;

  MlpCriterion(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}

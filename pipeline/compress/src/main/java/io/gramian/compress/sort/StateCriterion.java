package io.gramian.compress.sort;

/** How the state channels of an SSM group are ranked (algorithms.md section 2). */
public enum StateCriterion implements Criterion {
  /** The paper's Algorithm 4: {@code sum over heads of sqrt(sum (dt B_i)^2) sqrt(sum C_i^2)}. */
  NORM("norm"),
  /** Backward elimination by the error it causes in the block's output. Ours, the default. */
  OUTPUT_ERROR("output-error");

  private final String label;

  StateCriterion(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}

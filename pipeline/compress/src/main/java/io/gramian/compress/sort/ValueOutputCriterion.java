package io.gramian.compress.sort;

/** The basis that values of a KV head are rotated to (algorithms.md section 2). */
public enum ValueOutputCriterion implements Criterion {
  /** Eigenvectors of the value activations' Gram matrix: the paper's form for grouped queries. */
  ACTIVATION("activation"),
  /** Singular vectors of values and output weights together. Ours, the default. */
  JOINT("joint");

  private final String label;

  ValueOutputCriterion(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}

package io.gramian.compress.quantize;

/** How the scale of a group of weights is chosen. */
public enum ScaleRule {
  /** {@code max|w| / 7.5}. */
  MAX("max"),
  /**
   * Of 15 factors from 0.70 to 1.05 of {@code max|w| / 7.5}, and of {@code max|w| / 7} and {@code
   * max|w| / 8}, which bring weights back that were quantised before, the one of least {@code sum
   * (w - s q)^2 / c}; {@code c} is the diagonal of the inverse Hessian of the columns that are
   * still to be quantised, or 1 where there is no Hessian.
   */
  SEARCHED("searched");

  private final String label;

  ScaleRule(String label) {
    this.label = label;
  }

  /** The name used in options and artifacts. */
  public String label() {
    return label;
  }
}

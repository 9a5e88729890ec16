package io.gramian.spark.quantize;

import java.util.Arrays;
import java.util.Optional;

/** How weights are rounded. */
public enum Rounding {
  /** Each column after those before it, which hand their errors on. */
  GPTQ("gptq"),
  /** Every weight by itself: the baseline, and it needs no activations. */
  NEAREST("nearest");

  private final String label;

  Rounding(String label) {
    this.label = label;
  }

  /** The name used in options and artifacts. */
  public String label() {
    return label;
  }

  /** The one of that label. */
  public static Optional<Rounding> ofLabel(String label) {
    return Arrays.stream(values()).filter(rounding -> rounding.label.equals(label)).findFirst();
  }
}

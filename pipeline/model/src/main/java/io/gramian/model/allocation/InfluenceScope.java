package io.gramian.model.allocation;

import java.util.Arrays;
import java.util.Optional;

/** Over which stretch of the residual stream influence is measured, and so what shares a ratio. */
public enum InfluenceScope {
  /** One Hugging Face layer: attention and MLP of a layer share it. */
  LAYER("layer"),
  /** One residual block. */
  BLOCK("block");

  private final String label;

  InfluenceScope(String label) {
    this.label = label;
  }

  /** The scope of that {@link #label}, if there is one. */
  public static Optional<InfluenceScope> ofLabel(String label) {
    return Arrays.stream(values()).filter(scope -> scope.label.equals(label)).findFirst();
  }

  /** The name used in options and artifacts. */
  public String label() {
    return label;
  }

  /** What tables call an allocation by this influence: {@code layer-influence}. */
  public String allocationLabel() {
    return label + "-influence";
  }
}

package io.gramian.model;

import java.io.Serializable;

/**
 * A root-mean-square norm {@code y = w * x / sqrt(mean(x^2) + epsilon)} over the last axis.
 *
 * @param weight name of {@code w [size]}
 * @param size channels normalised
 * @param epsilon added under the root
 */
public record NormSpec(String weight, int size, double epsilon) implements Serializable {

  public NormSpec {
    if (size <= 0) {
      throw new IllegalArgumentException(weight + " cannot have shape [" + size + "]");
    }
  }

  /** The weight {@code [size]}. */
  public TensorShape tensor() {
    return TensorShape.of(weight, size);
  }
}

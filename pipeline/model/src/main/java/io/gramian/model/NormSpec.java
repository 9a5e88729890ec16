package io.gramian.model;

import java.io.Serializable;

/**
 * A root-mean-square norm {@code y = w * x / sqrt(sum(x^2) / averaged + epsilon)} over the last
 * axis.
 *
 * @param weight name of {@code w [size]}
 * @param size channels normalised
 * @param epsilon added under the root
 * @param averaged channels that the mean is over: all, but fewer where a mask holds the others at
 *     zero, so that the masked norm is that of the sliced model
 */
public record NormSpec(String weight, int size, double epsilon, int averaged)
    implements Serializable {

  public NormSpec {
    if (size <= 0) {
      throw new IllegalArgumentException(weight + " cannot have shape [" + size + "]");
    }
    if (averaged <= 0 || averaged > size) {
      throw new IllegalArgumentException(
          weight + " cannot average " + averaged + " of " + size + " channels");
    }
  }

  /** A norm over all of its channels. */
  public NormSpec(String weight, int size, double epsilon) {
    this(weight, size, epsilon, size);
  }

  /** The same norm where only {@code kept} channels are not held at zero. */
  public NormSpec averagedOver(int kept) {
    return new NormSpec(weight, size, epsilon, kept);
  }

  /**
   * {@code s = sqrt(averaged / size)}, 1 without a mask. With it the norm is one over all channels:
   * {@code x / sqrt(sum(x^2) / averaged + epsilon) = s x / sqrt(mean(x^2) + s^2 epsilon)}.
   */
  public double maskScale() {
    return Math.sqrt((double) averaged / size);
  }

  /** The weight {@code [size]}. */
  public TensorShape tensor() {
    return TensorShape.of(weight, size);
  }
}

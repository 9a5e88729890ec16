package io.gramian.edge.decode;

import io.gramian.edge.kernel.Kernels;

/**
 * A root-mean-square norm {@code w x / sqrt(mean(x^2) + epsilon)}, the mean over the whole vector
 * or over each of some equal parts of it.
 */
final class Norm {

  private final Kernels kernels;

  private final float[] weight;
  private final double epsilon;
  private final int part;

  /**
   * A norm.
   *
   * @param weight {@code [n]}
   * @param parts that are averaged by themselves, a divisor of {@code n}
   */
  Norm(Kernels kernels, float[] weight, double epsilon, int parts) {
    this.kernels = kernels;
    this.weight = weight;
    this.epsilon = epsilon;
    this.part = weight.length / parts;
  }

  /** {@code y} of the vector at {@code x[at ..]}. */
  void apply(float[] x, int at, float[] y) {
    for (int from = 0; from < weight.length; from += part) {
      float squares = kernels.dot(x, at + from, x, at + from, part);
      float factor = (float) (1 / Math.sqrt(squares / (double) part + epsilon));
      for (int i = from; i < from + part; i++) {
        y[i] = x[at + i] * factor * weight[i];
      }
    }
  }
}

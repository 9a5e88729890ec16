package io.gramian.edge.kernel;

import io.gramian.model.Activation;

/** The element-wise non-linearities, one number at a time. */
final class ScalarActivations {

  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

  private ScalarActivations() {}

  static float apply(Activation f, float x) {
    return switch (f) {
      case SILU -> (float) (x / (1 + Math.exp(-x)));
      case GELU -> (float) (0.5 * x * (1 + erf(x / Math.sqrt(2))));
      case GELU_TANH ->
          (float) (0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x))));
      case RELU_SQUARED -> x > 0 ? x * x : 0;
    };
  }

  /**
   * The error function, to {@code 1.2e-7}: {@code 1 - t exp(-x^2 + p(t))}, {@code t = 1 / (1 +
   * |x|/2)}, {@code p} of degree 9 (Numerical Recipes, section 6.2, the Chebyshev fit of erfc).
   */
  private static double erf(double x) {
    double t = 1 / (1 + 0.5 * Math.abs(x));
    double[] p = {
      0.17087277,
      -0.82215223,
      1.48851587,
      -1.13520398,
      0.27886807,
      -0.18628806,
      0.09678418,
      0.37409196,
      1.00002368,
      -1.26551223
    };
    double sum = 0;
    for (double coefficient : p) {
      sum = sum * t + coefficient;
    }
    double erfc = t * Math.exp(-x * x + sum);
    return x >= 0 ? 1 - erfc : erfc - 1;
  }
}

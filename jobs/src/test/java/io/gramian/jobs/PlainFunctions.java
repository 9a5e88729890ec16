package io.gramian.jobs;

import io.gramian.model.Activation;

/** The element-wise functions of a forward pass in double. */
final class PlainFunctions {

  private PlainFunctions() {}

  static double apply(Activation function, double x) {
    return switch (function) {
      case SILU -> silu(x);
      case GELU -> x / 2 * (1 + erf(x / Math.sqrt(2)));
      case GELU_TANH ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case RELU_SQUARED -> Math.max(x, 0) * Math.max(x, 0);
    };
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  /** By its power series, good to 1e-6 where it is not one already. */
  private static double erf(double x) {
    if (Math.abs(x) > 5) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  /** {@code w x / sqrt(mean(x^2) + epsilon)}. */
  static double[] norm(double[] x, float[] weight, double epsilon) {
    double squares = 0;
    for (double number : x) {
      squares += number * number;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = weight[i] * x[i] / Math.sqrt(squares / x.length + epsilon);
    }
    return y;
  }
}

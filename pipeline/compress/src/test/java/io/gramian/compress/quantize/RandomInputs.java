package io.gramian.compress.quantize;

import io.gramian.compress.DenseMatrix;
import java.util.Random;

/** Hessians and weights for tests. */
final class RandomInputs {

  private RandomInputs() {}

  /** {@code X'X / tokens} of independent inputs. */
  static DenseMatrix independent(Random random, int tokens, int columns) {
    return gram(DenseMatrix.random(random, tokens, columns), tokens);
  }

  /** The same of inputs that follow three hidden ones, with a little noise, at all magnitudes. */
  static DenseMatrix correlated(Random random, int tokens, int columns) {
    DenseMatrix mixed =
        DenseMatrix.random(random, tokens, 3).times(DenseMatrix.random(random, 3, columns));
    DenseMatrix noisy = mixed.plus(DenseMatrix.random(random, tokens, columns), 0.1);
    double[] scaled = noisy.toArray();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= Math.exp(i % columns % 7 - 3);
    }
    return gram(DenseMatrix.of(tokens, columns, scaled), tokens);
  }

  private static DenseMatrix gram(DenseMatrix x, int tokens) {
    return x.transposed().times(x).map(value -> value / tokens);
  }

  /** With a fraction of the mean diagonal added to the diagonal. */
  static DenseMatrix damped(DenseMatrix hessian, int size, double damping) {
    double mean = 0;
    for (int i = 0; i < size; i++) {
      mean += hessian.get(i, i) / size;
    }
    return hessian.plus(DenseMatrix.identity(size), damping * mean);
  }

  static float[] weights(Random random, int rows, int columns) {
    float[] weights = new float[rows * columns];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() * 0.05);
    }
    return weights;
  }

  /** {@code sum over rows of d H d'}, {@code d} what rounding changed. */
  static double error(DenseMatrix hessian, float[] before, float[] after, int columns) {
    double sum = 0;
    for (int at = 0; at < before.length; at += columns) {
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          sum +=
              (before[at + i] - after[at + i])
                  * hessian.get(i, j)
                  * (before[at + j] - after[at + j]);
        }
      }
    }
    return sum;
  }
}

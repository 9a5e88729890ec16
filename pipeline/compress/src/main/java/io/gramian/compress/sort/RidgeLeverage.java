package io.gramian.compress.sort;

import io.gramian.compress.tensor.InverseCholesky;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Ridge leverage scores {@code s = diag(C (C + lambda I)^-1) = 1 - lambda diag((C + lambda I)^-1)}
 * (UniQL, Algorithm 1, lambda = 1).
 *
 * <p>With {@code C + lambda I = L L'} the diagonal of the inverse is {@code sum_i (L^-1)_ij^2}, the
 * squared norms of the columns of {@code L^-1}: neither the inverse nor its product with {@code C}
 * is formed. {@code 2/3 n^3} operations in F64, half for {@code L} and half for {@code L^-1}.
 *
 * <p>Both are made by LAPACK in the place of {@code C}, so that there is one matrix, {@code 8 n^2}
 * bytes of native memory, and {@code 4096 n} bytes more for a strip of rows; libtorch's own calls
 * keep two. Sums of squares are positive semi-definite and lambda is positive, so the factorisation
 * cannot fail on finite input.
 */
final class RidgeLeverage {

  static final double LAMBDA = 1.0;

  private static final int STRIP = 512;

  private RidgeLeverage() {}

  /** Scores of {@code C [n, n]}, F64, contiguous; {@code C} is overwritten. */
  static double[] scores(Tensor correlation) {
    return Scopes.compute(
        () -> {
          correlation.diagonal(0, 0, 1).add_(new Scalar(LAMBDA));
          if (!InverseCholesky.inPlaceOf(correlation)) {
            throw new ArithmeticException("the correlation matrix is not positive semi-definite");
          }
          return scoresOf(correlation);
        });
  }

  private static double[] scoresOf(Tensor factor) {
    int size = (int) factor.size(0);
    double[] scores = new double[size];
    for (int from = 0; from < size; from += STRIP) {
      int first = from;
      double[] norms = Scopes.compute(() -> norms(factor, first, Math.min(STRIP, size - first)));
      for (int i = 0; i < norms.length; i++) {
        scores[from + i] = 1 - LAMBDA * norms[i];
      }
    }
    return scores;
  }

  /** Squared norms of rows, of which what stands before the diagonal is not part. */
  private static double[] norms(Tensor factor, int from, int rows) {
    Tensor strip = factor.narrow(0, from, rows).narrow(1, from, factor.size(1) - from);
    return Tensors.doubles(strip.triu().square_().sum(1L));
  }
}

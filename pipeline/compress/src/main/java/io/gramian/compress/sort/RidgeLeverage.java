package io.gramian.compress.sort;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Ridge leverage scores {@code s = diag(C (C + lambda I)^-1) = 1 - lambda diag((C + lambda I)^-1)}
 * (UniQL, Algorithm 1, lambda = 1).
 *
 * <p>One Cholesky factorisation in F64 and the inverse from it, {@code n^3} operations in all; the
 * product with {@code C} is never formed. Sums of squares are positive semi-definite and lambda is
 * positive, so the factorisation cannot fail on finite input.
 */
final class RidgeLeverage {

  static final double LAMBDA = 1.0;

  private RidgeLeverage() {}

  /** Scores of {@code C [n, n]}, F64; {@code C} is overwritten. */
  static double[] scores(Tensor correlation) {
    return Scopes.compute(
        () -> {
          correlation.diagonal(0, 0, 1).add_(new Scalar(LAMBDA));
          Tensor inverse = torch.cholesky_inverse(torch.linalg_cholesky(correlation));
          double[] scores = Tensors.doubles(inverse.diagonal(0, 0, 1));
          for (int i = 0; i < scores.length; i++) {
            scores[i] = 1 - LAMBDA * scores[i];
          }
          return scores;
        });
  }
}

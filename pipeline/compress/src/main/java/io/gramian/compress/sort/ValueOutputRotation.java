package io.gramian.compress.sort;

import io.gramian.compress.tensor.Scopes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The basis in which a KV head's value channels are ranked (UniQL, Algorithms 3 and 7, extended to
 * grouped queries).
 *
 * <p>The paper's {@code SVD(C^(1/2) W_v)} with {@code C [h, h]} has the right singular vectors and
 * values of {@code W_v' C W_v = V'V [d, d]}, the Gram of the value activations, which is all that
 * is ever formed. Cost: two eigenproblems of size {@code d}, F64.
 */
final class ValueOutputRotation {

  /** Eigenvalues below this fraction of the largest are raised to it before they divide. */
  private static final double FLOOR = 1e-12;

  private ValueOutputRotation() {}

  /**
   * The basis of one KV head.
   *
   * @param gram correlation of the head's values {@code V'V [d, d]}, F64
   * @param outputGram {@code sum over the head's queries of W_oj W_oj' [d, d]}, F64
   */
  static Rotation of(ValueOutputCriterion criterion, int kvHead, Tensor gram, Tensor outputGram) {
    return Scopes.compute(
        () ->
            switch (criterion) {
              case ACTIVATION -> activation(kvHead, gram);
              case JOINT -> joint(kvHead, gram, outputGram);
            });
  }

  /** {@code B = U}, the eigenvectors of {@code V'V = U diag(s^2) U'}. */
  private static Rotation activation(int kvHead, Tensor gram) {
    Eigen values = Eigen.of(gram);
    Tensor basis = values.vectors();
    return new Rotation(kvHead, basis, basis.t(), values.roots());
  }

  /**
   * With {@code K = diag(s) U' [W_o1 ... W_oq]} and {@code K K' = R diag(t^2) R'}: {@code B = U
   * diag(1/s) R diag(t)}, {@code B^-1 = diag(1/t) R' diag(s) U'}. {@code K K'} needs only {@code
   * sum W_oj W_oj'}.
   */
  private static Rotation joint(int kvHead, Tensor gram, Tensor outputGram) {
    Eigen values = Eigen.of(gram);
    Tensor s = values.guardedRoots();
    Tensor u = values.vectors();
    Tensor scaled = u.mul(s.unsqueeze(0));
    Eigen products = Eigen.of(scaled.t().mm(outputGram).mm(scaled));
    Tensor t = products.guardedRoots();
    Tensor r = products.vectors();
    Tensor basis = u.div(s.unsqueeze(0)).mm(r).mul(t.unsqueeze(0));
    Tensor inverse = r.t().mm(scaled.t()).div(t.unsqueeze(1));
    return new Rotation(kvHead, basis, inverse, products.roots());
  }

  /**
   * Eigenpairs of a symmetric matrix by descending eigenvalue. Each vector's largest component is
   * positive, so that a library's choice of sign never shows in an artifact.
   */
  private record Eigen(Tensor values, Tensor vectors) {

    static Eigen of(Tensor symmetric) {
      Tensor half = symmetric.add(symmetric.t()).mul(new Scalar(0.5));
      T_TensorTensor_T ascending = torch.linalg_eigh(half, "L");
      Tensor values = ascending.get0().flip(0L);
      Tensor vectors = ascending.get1().flip(1L);
      Tensor largest = vectors.abs().argmax(new org.bytedeco.pytorch.LongOptional(0), true);
      Tensor signs = torch.gather(vectors, 0, largest).sign();
      return new Eigen(values, vectors.mul(signs));
    }

    /** Square roots of the eigenvalues; rounding below zero counts as zero. */
    Tensor roots() {
      return values.clamp_min(new Scalar(0.0)).sqrt();
    }

    /** Square roots that may divide: none below {@code sqrt(FLOOR)} of the largest, none zero. */
    Tensor guardedRoots() {
      double largest = values.max().item_double();
      double floor = largest > 0 ? largest * FLOOR : 1;
      return values.clamp_min(new Scalar(floor)).sqrt();
    }
  }
}

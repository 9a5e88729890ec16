package io.gramian.compress.sort;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The decisions as UniQL (arXiv 2512.03383) writes them down, in F32, for measurements only. */
final class PublishedDecision {

  /** Eigenvalues that rounding leaves below this are raised to it before they divide. */
  private static final double FLOOR = 1e-6;

  private PublishedDecision() {}

  /** {@code diag(C (C + I)^-1)}: the inverse, and the full product. */
  static double[] mlp(Tensor correlation) {
    return Scopes.compute(
        () -> {
          Tensor ridge = correlation.clone();
          ridge.diagonal(0, 0, 1).add_(new Scalar(1.0));
          Tensor inverse = torch.linalg_inv(ridge);
          return Tensors.doubles(correlation.mm(inverse).diagonal(0, 0, 1));
        });
  }

  /**
   * {@code s_i = sum over heads of ||Cq^(1/2) e_i|| ||Ck^(1/2) e_i||} of every KV head.
   *
   * @param queries {@code [d, d]} a query head
   * @param keys {@code [d, d]} a KV head
   */
  static double[][] queryKey(List<Tensor> queries, List<Tensor> keys) {
    int grouped = queries.size() / keys.size();
    double[][] scores = new double[keys.size()][];
    for (int head = 0; head < scores.length; head++) {
      int own = head;
      scores[head] =
          Scopes.compute(
              () -> {
                Tensor key = norms(keys.get(own));
                Tensor sum = torch.zeros_like(key);
                for (int j = 0; j < grouped; j++) {
                  sum.add_(norms(queries.get(own * grouped + j)).mul(key));
                }
                return Tensors.doubles(sum);
              });
    }
    return scores;
  }

  private static Tensor norms(Tensor correlation) {
    return Eigen.of(correlation).power(0.5).square().sum(0L).sqrt();
  }

  /**
   * {@code C^(1/2) W_v = U S V'} a KV head, and {@code C^(-1/2) U S} to come back.
   *
   * @param correlation of the attention's input {@code [h, h]}
   * @param values {@code W_v [h, d]} a KV head
   * @return the singular values
   */
  static double[][] valueOutput(Tensor correlation, List<Tensor> values) {
    return Scopes.compute(
        () -> {
          Eigen eigen = Eigen.of(correlation);
          Tensor root = eigen.power(0.5);
          Tensor inverse = eigen.power(-0.5);
          return values.stream()
              .map(value -> rotated(root, inverse, value))
              .toArray(double[][]::new);
        });
  }

  private static double[] rotated(Tensor root, Tensor inverse, Tensor value) {
    return Scopes.compute(
        () -> {
          T_TensorTensorTensor_T svd =
              torch.linalg_svd(root.mm(value), false, new StringViewOptional());
          inverse.mm(svd.get0().mul(svd.get1().unsqueeze(0)));
          return Tensors.doubles(svd.get1());
        });
  }

  private record Eigen(Tensor values, Tensor vectors) {

    static Eigen of(Tensor symmetric) {
      T_TensorTensor_T pairs = torch.linalg_eigh(symmetric);
      return new Eigen(pairs.get0().clamp_min(new Scalar(FLOOR)), pairs.get1());
    }

    Tensor power(double exponent) {
      return vectors.mul(values.pow(new Scalar(exponent)).unsqueeze(0)).mm(vectors.t());
    }
  }
}

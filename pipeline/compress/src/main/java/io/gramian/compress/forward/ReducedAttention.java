package io.gramian.compress.forward;

import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Causal attention on BF16 numbers: products of BF16 added up in F32, the softmax of BF16 scores
 * computed in F32, its result stored as BF16. For training, where it takes a third of the time of
 * libtorch's own (which is written for F32 on a processor) forward and backward.
 *
 * <p>Queries are taken a stretch at a time, against the keys up to its end: of long sequences half
 * the work is not done. The query heads of one KV head stand below each other in one matrix, so
 * keys and values are not repeated. A graph keeps {@code T^2} bytes a head and sequence.
 */
record ReducedAttention(double scale) {

  private static final int STRETCH = 256;

  /**
   * {@code softmax(scale q k') v} of every head, BF16.
   *
   * @param q {@code [B, H, T, d]}, any type
   * @param k {@code [B, KV heads, T, d]}
   * @param v {@code [B, KV heads, T, dv]}
   * @return {@code [B, H, T, dv]}
   */
  Tensor apply(Tensor q, Tensor k, Tensor v) {
    Tensor scaled = reduced(Tensors.times(q, scale));
    Tensor keys = reduced(k);
    Tensor values = reduced(v);
    TensorVector parts = new TensorVector();
    for (long from = 0; from < q.size(2); from += STRETCH) {
      long to = Math.min(q.size(2), from + STRETCH);
      parts.push_back(
          stretch(
              scaled.narrow(2, from, to - from), keys.narrow(2, 0, to), values.narrow(2, 0, to)));
    }
    return parts.size() == 1 ? parts.get(0) : torch.cat(parts, 2);
  }

  private static Tensor reduced(Tensor x) {
    return x.to(ScalarType.BFloat16);
  }

  /** The last {@code q.size(2)} positions of those that {@code k} has. */
  private static Tensor stretch(Tensor q, Tensor k, Tensor v) {
    long groups = k.size(0) * k.size(1);
    Tensor rows = q.reshape(groups, -1, q.size(3));
    Tensor keys = k.reshape(groups, k.size(2), k.size(3)).transpose(1, 2);
    Tensor future = future(q.size(2), k.size(2)).repeat(q.size(1) / k.size(1), 1);
    Tensor weights = torch.softmax(torch.baddbmm(future, rows, keys), -1);
    Tensor mixed = weights.bmm(v.reshape(groups, v.size(2), v.size(3)));
    return mixed.view(q.size(0), q.size(1), q.size(2), v.size(3));
  }

  /** Minus infinity where a key stands behind the query, else 0: {@code [queries, keys]}. */
  private static Tensor future(long queries, long keys) {
    long[] shape = {queries, keys};
    Scalar never = new Scalar(Double.NEGATIVE_INFINITY);
    return torch
        .full(shape, never, new TensorOptions(ScalarType.BFloat16))
        .triu(keys - queries + 1);
  }
}

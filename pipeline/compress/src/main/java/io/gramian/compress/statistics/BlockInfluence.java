package io.gramian.compress.statistics;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * How much a stretch of the residual stream turns: {@code sum (1 - cos(x_t, y_t))} over tokens,
 * {@code x_t} its input, {@code y_t} its output (algorithms.md section 1).
 */
final class BlockInfluence {

  private BlockInfluence() {}

  /** The sum for {@code x, y [tokens, h]}, in F64. */
  static double of(Tensor x, Tensor y) {
    return Scopes.compute(
        () -> {
          Tensor before = Tensors.toDouble(x);
          Tensor after = Tensors.toDouble(y);
          Tensor dot = before.mul(after).sum(1L);
          Tensor norms = before.square().sum(1L).mul(after.square().sum(1L)).sqrt();
          return x.size(0) - dot.div(norms).sum().item_double();
        });
  }
}

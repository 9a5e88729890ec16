package io.gramian.compress.statistics;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * How much a stretch of the residual stream turns: {@code sum (1 - cos(x_t, y_t))} over tokens,
 * {@code x_t} its input, {@code y_t} its output (algorithms.md section 1).
 *
 * <p>A zero vector, such as many models embed their padding token as, has no direction; its cosine
 * counts as 0.
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
          Tensor divisors = norms.clamp_min(new Scalar(Double.MIN_NORMAL));
          return x.size(0) - dot.div(divisors).sum().item_double();
        });
  }
}

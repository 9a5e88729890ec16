package io.gramian.compress.finetune;

import io.gramian.compress.tensor.Scopes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AdamW (arXiv 1711.05101) on one flat vector, with the operations of {@code torch::optim::AdamW}
 * in their order:
 *
 * <pre>{@code
 * p *= 1 - rate * decay;  m += (1 - b1) (g - m);  v = b2 v + (1 - b2) g^2
 * p -= rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + epsilon)
 * }</pre>
 *
 * <p>libtorch's own keeps its moments where Java does not reach them but through an archive; here
 * they are vectors that can be stored by name and restored bit for bit. F32, 12 bytes a parameter.
 */
final class AdamW {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final double decay;

  AdamW(double decay) {
    this.decay = decay;
  }

  /**
   * Updates adapters and moments in place.
   *
   * @param gradient flat F32
   * @param rate learning rate
   * @param count number of this update, from 1, a whole number
   */
  void update(FlatAdapters adapters, Tensor gradient, double rate, double count) {
    Scopes.compute(
        () -> {
          Tensor mean = adapters.mean().mul_(scalar(BETA1)).add_(gradient, scalar(1 - BETA1));
          Tensor square = adapters.square().mul_(scalar(BETA2));
          square.addcmul_(gradient, gradient, scalar(1 - BETA2));
          double root = Math.sqrt(1 - Math.pow(BETA2, count));
          Tensor divisor = square.sqrt().div_(scalar(root)).add_(scalar(EPSILON));
          double step = rate / (1 - Math.pow(BETA1, count));
          adapters.values().mul_(scalar(1 - rate * decay)).addcdiv_(mean, divisor, scalar(-step));
          return null;
        });
  }

  private static Scalar scalar(double value) {
    return new Scalar(value);
  }
}

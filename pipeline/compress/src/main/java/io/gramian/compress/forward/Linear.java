package io.gramian.compress.forward;

import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.LinearSpec;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * {@code y = x W' + b}, {@code x [.., in]}, {@code W [out, in]}, {@code y [.., out]}, and whatever
 * an adapter adds.
 *
 * <p>Where {@code W} is BF16 the products, the adapter's too, are of BF16 numbers added up in F32;
 * {@code b} and {@code y} are F32, {@code x} is F32 or BF16.
 */
record Linear(String name, Tensor weight, Optional<Tensor> bias, Adapters adapters) {

  static Linear of(LinearSpec spec, Weights weights, Adapters adapters) {
    return new Linear(
        spec.weight(), weights.get(spec.weight()), spec.biasName().map(weights::get), adapters);
  }

  /** {@code x W'}, F32 where {@code W} is BF16. */
  static Tensor product(Tensor x, Tensor weight) {
    return Tensors.isReduced(weight)
        ? Tensors.toFloat(torch.linear(Tensors.like(x, weight), weight))
        : torch.linear(x, weight);
  }

  Tensor apply(Tensor x) {
    return isReduced() || bias.isEmpty()
        ? addBias(withoutBias(x))
        : adapted(torch.linear(x, weight, bias.get()), x);
  }

  /** {@code x} in the type of the products, so that several maps may share it. */
  Tensor input(Tensor x) {
    return isReduced() ? Tensors.like(x, weight) : x;
  }

  Tensor withoutBias(Tensor x) {
    Tensor input = input(x);
    Tensor y = adapted(torch.linear(input, weight), input);
    return isReduced() ? Tensors.toFloat(y) : y;
  }

  /** Adds in the type of the products: a sum is rounded once. */
  private Tensor adapted(Tensor y, Tensor x) {
    return adapters.of(name).map(adapter -> adapter.addTo(y, x)).orElse(y);
  }

  Tensor addBias(Tensor y) {
    return bias.map(y::add).orElse(y);
  }

  /** Whether the products are of BF16 numbers. */
  boolean isReduced() {
    return Tensors.isReduced(weight);
  }
}

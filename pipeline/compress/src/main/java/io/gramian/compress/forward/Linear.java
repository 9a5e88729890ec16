package io.gramian.compress.forward;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.LinearSpec;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** {@code y = x W' + b}, {@code x [.., in]}, {@code W [out, in]}, {@code y [.., out]}. */
record Linear(Tensor weight, Optional<Tensor> bias) {

  static Linear of(LinearSpec spec, Weights weights) {
    return new Linear(weights.get(spec.weight()), spec.biasName().map(weights::get));
  }

  Tensor apply(Tensor x) {
    return bias.map(b -> torch.linear(x, weight, b)).orElseGet(() -> withoutBias(x));
  }

  Tensor withoutBias(Tensor x) {
    return torch.linear(x, weight);
  }

  Tensor addBias(Tensor y) {
    return bias.map(y::add).orElse(y);
  }
}

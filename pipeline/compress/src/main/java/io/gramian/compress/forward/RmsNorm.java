package io.gramian.compress.forward;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.NormSpec;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** {@code y = w * x / sqrt(mean(x^2) + epsilon)} over the last axis. */
record RmsNorm(Tensor weight, double epsilon) {

  static RmsNorm of(NormSpec spec, Weights weights) {
    return new RmsNorm(weights.get(spec.weight()), spec.epsilon());
  }

  Tensor apply(Tensor x) {
    long[] shape = {weight.size(0)};
    return torch.rms_norm(x, shape, new TensorOptional(weight), new DoubleOptional(epsilon));
  }
}

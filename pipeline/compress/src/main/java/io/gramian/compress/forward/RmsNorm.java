package io.gramian.compress.forward;

import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.NormSpec;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** {@code y = w * x / sqrt(mean(x^2) + epsilon)} over the last axis. */
public record RmsNorm(Tensor weight, NormSpec spec) {

  /** Binds a norm to weights that must outlive it. */
  public static RmsNorm of(NormSpec spec, Weights weights) {
    return new RmsNorm(weights.get(spec.weight()), spec);
  }

  /** {@code x [.., n]} to the same shape, in the enclosing scope. */
  public Tensor apply(Tensor x) {
    return normalise(x, new TensorOptional(weight), spec);
  }

  /** Over the whole last axis of {@code x}, which may be a part of what {@code spec} describes. */
  static Tensor normalise(Tensor x, TensorOptional weight, NormSpec spec) {
    long[] last = {x.size(-1)};
    double scale = spec.maskScale();
    DoubleOptional epsilon = new DoubleOptional(scale * scale * spec.epsilon());
    Tensor normed = torch.rms_norm(x, last, weight, epsilon);
    return scale == 1 ? normed : Tensors.times(normed, scale);
  }
}

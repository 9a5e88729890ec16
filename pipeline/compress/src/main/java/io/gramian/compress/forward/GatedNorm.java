package io.gramian.compress.forward;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.Mamba2;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Gate first, then norm: {@code u = y * silu(z)}, {@code w * u / sqrt(mean(u^2) + epsilon)}, the
 * mean over the whole width or over each of {@code groups} equal parts of it.
 *
 * @param weight {@code [H P]}
 * @param groups parts that are normalised on their own
 */
record GatedNorm(Tensor weight, double epsilon, int groups) {

  static GatedNorm of(Mamba2 spec, Weights weights) {
    return new GatedNorm(
        weights.get(spec.gatedNorm().weight()),
        spec.gatedNorm().epsilon(),
        spec.layout().normGroups());
  }

  /** {@code y, z [B, T, H P]} to the same shape. */
  Tensor apply(Tensor y, Tensor z) {
    Tensor gated = y.mul(torch.silu(z));
    long width = gated.size(2) / groups;
    long[] last = {width};
    Tensor parts = gated.reshape(gated.size(0), gated.size(1), groups, width);
    Tensor normed = torch.rms_norm(parts, last, new TensorOptional(), new DoubleOptional(epsilon));
    return normed.reshape(gated.size(0), gated.size(1), gated.size(2)).mul(weight);
  }
}

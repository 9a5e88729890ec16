package io.gramian.compress.forward;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.Mamba2;
import io.gramian.model.NormSpec;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Gate first, then norm: {@code u = y * silu(z)}, {@code w * u / sqrt(mean(u^2) + epsilon)}, the
 * mean over the whole width or over each of {@code groups} equal parts of it. Where a mask holds
 * channels at zero the mean is over the others ({@link NormSpec#maskScale}); every head and so
 * every group keeps equally many.
 *
 * @param weight {@code [H P]}
 * @param groups parts that are normalised on their own
 */
record GatedNorm(Tensor weight, NormSpec spec, int groups) {

  static GatedNorm of(Mamba2 spec, Weights weights) {
    NormSpec norm = spec.gatedNorm();
    return new GatedNorm(weights.get(norm.weight()), norm, spec.layout().normGroups());
  }

  /** {@code y, z [B, T, H P]} to the same shape. */
  Tensor apply(Tensor y, Tensor z) {
    Tensor gated = y.mul(torch.silu(z));
    Tensor parts = gated.reshape(gated.size(0), gated.size(1), groups, gated.size(2) / groups);
    Tensor normed = RmsNorm.normalise(parts, new TensorOptional(), spec);
    return normed.reshape(gated.size(0), gated.size(1), gated.size(2)).mul(weight);
  }
}

package io.gramian.compress.forward;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import org.bytedeco.pytorch.Tensor;

/** Final norm and head: the residual stream to logits. */
public final class Head {

  private final RmsNorm norm;
  private final Tensor table;

  public Head(DecoderSpec spec, Weights weights) {
    norm = RmsNorm.of(spec.finalNorm(), weights);
    table = weights.get(spec.head());
  }

  /** {@code x [.., h]} to what the head reads, {@code [.., h]}: {@link Site#HEAD_INPUT}. */
  public Tensor normed(Tensor x) {
    return Scopes.keep(() -> norm.apply(x));
  }

  /** {@code x [.., h]} to {@code [.., vocabulary]}. */
  public Tensor apply(Tensor x) {
    return Scopes.keep(() -> Linear.product(norm.apply(x), table));
  }
}

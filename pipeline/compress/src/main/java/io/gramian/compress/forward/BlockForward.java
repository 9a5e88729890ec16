package io.gramian.compress.forward;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import org.bytedeco.pytorch.Tensor;

/** One residual block with its weights: {@code x + mixer(norm(x))}. */
public final class BlockForward {

  private final RmsNorm norm;
  private final MixerForward mixer;

  /** Binds a block to weights that must outlive it. */
  public BlockForward(ResidualBlock block, Weights weights) {
    this(block, weights, Adapters.NONE);
  }

  /** Binds a block to weights that must outlive it, and its linear maps to adapters. */
  public BlockForward(ResidualBlock block, Weights weights, Adapters adapters) {
    norm = RmsNorm.of(block.norm(), weights);
    mixer = block.mixer().accept(new MixerBinding(weights, adapters));
  }

  /**
   * Maps the residual stream {@code x [B, T, h]} to the next block's, in the enclosing scope. All
   * else that was allocated is freed.
   */
  public Tensor apply(Tensor x, SiteRecorder recorder) {
    return Scopes.keep(() -> x.add(mixed(norm.apply(x), recorder)));
  }

  private Tensor mixed(Tensor normed, SiteRecorder recorder) {
    recorder.record(Site.MIXER_INPUT, normed);
    return mixer.apply(normed, recorder);
  }

  private record MixerBinding(Weights weights, Adapters adapters)
      implements MixerVisitor<MixerForward> {
    @Override
    public MixerForward attention(Attention attention) {
      return AttentionForward.of(attention, weights, adapters);
    }

    @Override
    public MixerForward mlp(Mlp mlp) {
      return MlpForward.of(mlp, weights, adapters);
    }

    @Override
    public MixerForward mamba2(Mamba2 mamba2) {
      return Mamba2Forward.of(mamba2, weights, adapters);
    }
  }
}

package io.gramian.spark.wave;

import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.RmsNorm;
import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.NormSpec;
import io.gramian.model.ResidualBlock;
import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;

/** What has to be computed of a residual stream to see what linear maps read. */
public sealed interface InputPass extends Serializable {

  /**
   * Computes it.
   *
   * @param x the residual stream {@code [B, T, h]}
   */
  void run(Weights weights, Tensor x, SiteRecorder recorder);

  /** The norm before a block's mixer, or before the head. */
  record Normed(NormSpec norm, Site site) implements InputPass {

    private static final long serialVersionUID = 1L;

    @Override
    public void run(Weights weights, Tensor x, SiteRecorder recorder) {
      recorder.record(site, RmsNorm.of(norm, weights).apply(x));
    }
  }

  /** A whole block, of which some maps may be quantised. */
  record Block(ResidualBlock block) implements InputPass {

    private static final long serialVersionUID = 1L;

    @Override
    public void run(Weights weights, Tensor x, SiteRecorder recorder) {
      new BlockForward(block, weights).apply(x, recorder);
    }
  }
}

package io.gramian.spark.wave;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.model.ResidualBlock;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A block of the wave within one task: sums refuse what is not finite, and here is known where. */
record WaveStage(ResidualBlock block, BlockForward forward, BlockStatistics statistics) {

  /** Records into the block's statistics. */
  SiteRecorder recorder(TokenMask mask) {
    return new Guarded(statistics.recorder(mask));
  }

  /** Adds the influence of a stretch that ends at this block, {@code x} to {@code y [B, T, h]}. */
  void recordInfluence(Site site, Tensor x, Tensor y, TokenMask mask) {
    guarded(site, () -> statistics.recordInfluence(site, x, y, mask));
  }

  private final class Guarded implements SiteRecorder {

    private final SiteRecorder recorder;

    Guarded(SiteRecorder recorder) {
      this.recorder = recorder;
    }

    @Override
    public void record(Site site, Tensor activation) {
      guarded(site, () -> recorder.record(site, activation));
    }

    @Override
    public Optional<Tensor> countedTokens() {
      return recorder.countedTokens();
    }

    @Override
    public void recordSums(Site site, Tensor sums) {
      guarded(site, () -> recorder.recordSums(site, sums));
    }
  }

  /**
   * Runs a summation.
   *
   * @throws UserException naming block and site, if a term is not finite
   */
  private void guarded(Site site, Runnable sum) {
    try {
      sum.run();
    } catch (ArithmeticException e) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "block %d (layer %d): the %s activations overflow (%s): the checkpoint is damaged"
                  + " or its training diverged",
              block.blockIndex(),
              block.layerIndex(),
              site.label(),
              e.getMessage()),
          e);
    }
  }
}

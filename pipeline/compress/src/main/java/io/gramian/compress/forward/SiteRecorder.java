package io.gramian.compress.forward;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Receives activations as a block computes them. The tensors die with the caller's scope. */
public interface SiteRecorder {

  /** Records nothing. */
  SiteRecorder NONE =
      new SiteRecorder() {
        @Override
        public void record(Site site, Tensor activation) {}

        @Override
        public Optional<Tensor> countedTokens() {
          return Optional.empty();
        }

        @Override
        public void recordSums(Site site, Tensor sums) {}
      };

  /**
   * Called once a forward pass and site, with the shape that {@link Site} gives. Sites that the
   * recorder does not want are passed over.
   */
  void record(Site site, Tensor activation);

  /**
   * Which tokens count, {@code [B, T]} of 1 and 0, F32, if sums over recurrent states are wanted:
   * they cost more than the scan itself.
   */
  Optional<Tensor> countedTokens();

  /**
   * Called with sums over the counted tokens where the activation itself is too large to show:
   * {@link Site#STATE} and {@link Site#STATE_OUTPUT}, {@code [matrices, n, n]}, F64.
   */
  void recordSums(Site site, Tensor sums);
}

package io.gramian.compress.forward;

import org.bytedeco.pytorch.Tensor;

/** The forward pass of one mixer with its weights. */
interface MixerForward {

  /**
   * Applies the mixer to {@code normed [B, T, h]} and returns {@code [B, T, h]}, reporting its
   * sites on the way.
   */
  Tensor apply(Tensor normed, SiteRecorder recorder);
}

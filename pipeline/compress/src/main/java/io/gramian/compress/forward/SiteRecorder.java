package io.gramian.compress.forward;

import org.bytedeco.pytorch.Tensor;

/** Receives activations as a block computes them. The tensors die with the caller's scope. */
@FunctionalInterface
public interface SiteRecorder {

  /** Records nothing. */
  SiteRecorder NONE = (site, activation) -> {};

  /** Called once a forward pass and site, with the shape that {@link Site} gives. */
  void record(Site site, Tensor activation);
}

package io.gramian.compress.forward;

import org.bytedeco.pytorch.Tensor;

/** Receives activations as a block computes them. The tensors die with the caller's scope. */
@FunctionalInterface
public interface SiteRecorder {

  /** Records nothing. */
  SiteRecorder NONE = (site, activation) -> {};

  /** Called once a forward pass and site, with the shape that {@link Site} gives. */
  void record(Site site, Tensor activation);

  /** Whether {@link #recordStates} is to be called: the states cost more than the scan itself. */
  default boolean wantsStates() {
    return false;
  }

  /** Called for every head and chunk of a scan, if {@link #wantsStates}. */
  default void recordStates(StateChunk chunk) {}
}

package io.gramian.edge.decode;

import io.gramian.model.Mamba2;

/**
 * What a state space mixer of a session keeps from token to token.
 *
 * @param convolution its last inputs
 * @param scan its states
 */
record Mamba2State(ConvolutionCache convolution, ScanCache scan) {

  /**
   * Caches of zeros.
   *
   * @param stored the mixer as it is stored
   * @param widest the mixer at the widest that the session may run at
   */
  static Mamba2State of(Mamba2 stored, Mamba2 widest) {
    return new Mamba2State(
        new ConvolutionCache(stored.convolution()),
        new ScanCache(
            widest.layout().heads(), widest.layout().headSize(), widest.layout().stateSize()));
  }

  /** Forgets everything. */
  void reset() {
    convolution.reset();
    scan.reset();
  }

  /** Bytes of both. */
  long bytes() {
    return convolution.bytes() + scan.bytes();
  }
}

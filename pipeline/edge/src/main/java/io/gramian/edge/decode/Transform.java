package io.gramian.edge.decode;

/** What becomes of a vector before a map reads it. */
interface Transform {

  /** {@code y} of the vector at {@code x[at ..]}. */
  void apply(float[] x, int at, float[] y);
}

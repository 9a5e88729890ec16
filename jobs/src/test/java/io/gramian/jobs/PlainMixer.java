package io.gramian.jobs;

import io.gramian.model.BlockWidths;

/** A block's mixer in plain loops, with all that it has seen of one text. */
interface PlainMixer {

  /**
   * What the mixer adds to the residual stream at the next token.
   *
   * @param x the normed stream
   * @param widths at which this token is computed
   */
  double[] next(double[] x, BlockWidths widths);
}

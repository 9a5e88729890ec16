package io.gramian.compress.statistics;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The running sum of one statistic within one task. */
interface Accumulator {

  /**
   * Adds the tokens of one forward pass.
   *
   * @param activation with padding removed and tokens in the first axis, F32
   */
  void add(Tensor activation);

  /** The tiles so far, by key. */
  Map<TileKey, Tile> tiles();
}

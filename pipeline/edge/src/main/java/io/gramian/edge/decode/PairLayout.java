package io.gramian.edge.decode;

/** Where the two channels of a RoPE pair stand in a stored head. */
enum PairLayout {
  /** {@code a, a', b, b', ..}, as in a packed artifact: a prefix of a head is whole pairs. */
  ADJACENT,
  /** {@code a, b, .., a', b', ..}, as in a checkpoint. */
  HALF_SPLIT;

  /** The first channel of a pair. */
  int first(int pair) {
    return this == ADJACENT ? 2 * pair : pair;
  }

  /** From the first channel of a pair to the second, in a head of {@code pairs} pairs. */
  int distance(int pairs) {
    return this == ADJACENT ? 1 : pairs;
  }

  /**
   * The last row at or before {@code row} where a stretch of rows may end without tearing a pair.
   *
   * @param headSize rows of a head
   * @param pairs pairs of a head, its first rows
   */
  int boundary(int row, int headSize, int pairs) {
    int within = row % headSize;
    if (within >= 2 * pairs) {
      return row;
    }
    return row - (this == ADJACENT ? within % 2 : within);
  }
}

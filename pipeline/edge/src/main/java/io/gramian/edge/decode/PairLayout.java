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
}

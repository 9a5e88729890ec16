package io.gramian.edge.decode;

/** The tokens that a pass computes: neighbours in one text. Reused from pass to pass. */
final class Batch {

  private int tokens;
  private int position;

  /**
   * Sets the next pass.
   *
   * @param count tokens, {@code T}
   * @param first the first one's position in the text
   */
  void set(int count, int first) {
    tokens = count;
    position = first;
  }

  /** {@code T}. */
  int tokens() {
    return tokens;
  }

  /** Position of the first token. */
  int position() {
    return position;
  }
}

package io.gramian.edge.kernel;

/**
 * Neighbouring rows, or places of them, and where what they give goes.
 *
 * @param from the first row
 * @param to one past the last
 * @param output the first one's place among a token's outputs
 */
public record RowSpan(int from, int to, int output) {

  /** Rows of the span. */
  public int rows() {
    return to - from;
  }
}

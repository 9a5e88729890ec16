package io.gramian.spark.tokenize;

import java.io.Serializable;

/**
 * Where a {@link Piece} belongs; the order is that in which pieces are joined.
 *
 * @param sequence the sequence, counted over the corpus or over the selection
 * @param offset place of the piece's first token in the sequence
 */
record PieceKey(long sequence, int offset) implements Comparable<PieceKey>, Serializable {

  @Override
  public int compareTo(PieceKey other) {
    int bySequence = Long.compare(sequence, other.sequence);
    return bySequence != 0 ? bySequence : Integer.compare(offset, other.offset);
  }
}

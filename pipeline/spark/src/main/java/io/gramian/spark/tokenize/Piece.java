package io.gramian.spark.tokenize;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Some tokens of one sequence, all from one document.
 *
 * @param sequence the sequence they belong to, counted over the corpus or over the selection
 * @param offset place of the first of them in the sequence
 */
record Piece(long sequence, int offset, int[] ids) implements Serializable {

  static int[] slice(int[] ids, int from, int count) {
    return Arrays.copyOfRange(ids, from, from + count);
  }

  Piece renumbered(long selected) {
    return new Piece(selected, offset, ids);
  }

  Key key() {
    return new Key(sequence, offset);
  }

  /** Order in which pieces are joined. */
  record Key(long sequence, int offset) implements Comparable<Key>, Serializable {

    @Override
    public int compareTo(Key other) {
      int bySequence = Long.compare(sequence, other.sequence);
      return bySequence != 0 ? bySequence : Integer.compare(offset, other.offset);
    }
  }
}

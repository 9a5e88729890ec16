package io.gramian.spark.tokenize;

import java.io.Serializable;
import java.util.Arrays;

/** Some tokens of one sequence, all from one document. */
final class Piece implements Serializable {

  private static final long serialVersionUID = 1L;

  private final PieceKey key;
  private final int[] ids;

  private Piece(PieceKey key, int[] ids) {
    this.key = key;
    this.ids = ids;
  }

  /**
   * Takes the {@code count} tokens of a document that begin at {@code from}.
   *
   * @param key where they belong
   */
  static Piece of(PieceKey key, int[] document, int from, int count) {
    return new Piece(key, Arrays.copyOfRange(document, from, from + count));
  }

  PieceKey key() {
    return key;
  }

  int[] ids() {
    return ids;
  }

  Piece renumbered(long sequence) {
    return new Piece(new PieceKey(sequence, key.offset()), ids);
  }
}

package io.gramian.spark.tokenize;

import java.util.ArrayList;
import java.util.List;

/** How documents become sequences of at most {@code length} tokens. */
public enum Packing {

  /**
   * All documents form one stream, which is cut into full sequences; what remains at its end, less
   * than a sequence, is dropped. The extent of a document is its tokens.
   */
  PACK {
    @Override
    long extent(int tokens, int length) {
      return tokens;
    }

    @Override
    long sequences(long extent, int length) {
      return extent / length;
    }

    @Override
    List<Piece> pieces(long position, int[] ids, int length) {
      List<Piece> pieces = new ArrayList<>();
      int taken = 0;
      while (taken < ids.length) {
        long at = position + taken;
        int offset = (int) (at % length);
        int count = Math.min(length - offset, ids.length - taken);
        pieces.add(Piece.of(new PieceKey(at / length, offset), ids, taken, count));
        taken += count;
      }
      return pieces;
    }
  },

  /**
   * Every document is cut on its own; what remains of it is a shorter sequence. The extent of a
   * document is its sequences.
   */
  SPLIT {
    @Override
    long extent(int tokens, int length) {
      return Parts.needed(tokens, length);
    }

    @Override
    long sequences(long extent, int length) {
      return extent;
    }

    @Override
    List<Piece> pieces(long position, int[] ids, int length) {
      List<Piece> pieces = new ArrayList<>();
      for (int taken = 0; taken < ids.length; taken += length) {
        int count = Math.min(length, ids.length - taken);
        pieces.add(Piece.of(new PieceKey(position + pieces.size(), 0), ids, taken, count));
      }
      return pieces;
    }
  };

  /** What a document of {@code tokens} tokens adds to the position of those after it. */
  abstract long extent(int tokens, int length);

  /** How many sequences documents of that extent in all make. */
  abstract long sequences(long extent, int length);

  /**
   * Cuts a document.
   *
   * @param position the extent of all documents before this one
   * @return the pieces in order; in the last sequence of a packed corpus they may stay incomplete
   */
  abstract List<Piece> pieces(long position, int[] ids, int length);
}

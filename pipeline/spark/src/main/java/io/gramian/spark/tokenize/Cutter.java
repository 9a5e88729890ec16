package io.gramian.spark.tokenize;

import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Cuts the documents of one partition, one after the other, and keeps count of the position. */
final class Cutter {

  private final Packing packing;
  private final int length;
  private long position;

  /**
   * @param position extent of the corpus before this partition
   */
  Cutter(Packing packing, int length, long position) {
    this.packing = packing;
    this.length = length;
    this.position = position;
  }

  /** The pieces of selected sequences, renumbered; lazily, one document at a time. */
  Iterator<Piece> pieces(Iterator<TokenizedDocument> documents, Selection selection) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(documents, Spliterator.ORDERED), false)
        .flatMap(this::cut)
        .flatMap(
            piece -> selection.number(piece.key().sequence()).stream().mapToObj(piece::renumbered))
        .iterator();
  }

  private Stream<Piece> cut(TokenizedDocument document) {
    int[] ids = ((TokenizedDocument.Tokens) document).ids();
    List<Piece> pieces = packing.pieces(position, ids, length);
    position += packing.extent(ids.length, length);
    return pieces.stream();
  }
}

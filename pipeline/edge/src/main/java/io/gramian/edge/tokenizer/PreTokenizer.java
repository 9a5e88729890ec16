package io.gramian.edge.tokenizer;

import java.util.function.Consumer;

/** Splits a text into the words that byte pair encoding does not cross. */
@FunctionalInterface
interface PreTokenizer {

  /** Hands the parts of {@code piece}, none of them empty, to {@code next} from left to right. */
  void split(Piece piece, Consumer<Piece> next);

  /** This one, and {@code second} on each of its parts. */
  default PreTokenizer then(PreTokenizer second) {
    return (piece, next) -> split(piece, part -> second.split(part, next));
  }
}

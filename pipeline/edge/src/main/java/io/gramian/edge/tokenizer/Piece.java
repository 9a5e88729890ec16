package io.gramian.edge.tokenizer;

/** A part of the normalised text; {@code first} says that it begins where the text begins. */
record Piece(String text, boolean first) {

  /** The part from {@code start} to {@code end} of this one. */
  Piece part(int start, int end) {
    return start == 0 && end == text.length()
        ? this
        : new Piece(text.substring(start, end), first && start == 0);
  }

  /** The same place with another text. */
  Piece withText(String changed) {
    return new Piece(changed, first);
  }
}

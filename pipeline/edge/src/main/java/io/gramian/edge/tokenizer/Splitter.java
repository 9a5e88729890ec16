package io.gramian.edge.tokenizer;

import io.gramian.edge.tokenizer.SplitBehavior.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;

/** Splits at the matches of a pattern, or with {@code invert} at what lies between them. */
record Splitter(TextPattern pattern, SplitBehavior behavior, boolean invert)
    implements PreTokenizer {

  @Override
  public void split(Piece piece, Consumer<Piece> next) {
    if (behavior == SplitBehavior.ISOLATED) {
      isolate(piece, next);
    } else {
      behavior.split(piece, stretches(piece.text()), next);
    }
  }

  /** The case of almost all models, without a list: matches and what is between are parts alike. */
  private void isolate(Piece piece, Consumer<Piece> next) {
    Matcher matcher = pattern.matcher(piece.text());
    int done = 0;
    while (matcher.find()) {
      offer(piece, done, matcher.start(), next);
      offer(piece, matcher.start(), matcher.end(), next);
      done = matcher.end();
    }
    offer(piece, done, piece.text().length(), next);
  }

  private static void offer(Piece piece, int start, int end, Consumer<Piece> next) {
    if (start < end) {
      next.accept(piece.part(start, end));
    }
  }

  private List<Stretch> stretches(String text) {
    List<Stretch> stretches = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    int done = 0;
    while (matcher.find()) {
      add(stretches, done, matcher.start());
      stretches.add(new Stretch(matcher.start(), matcher.end(), !invert));
      done = matcher.end();
    }
    add(stretches, done, text.length());
    return stretches;
  }

  private void add(List<Stretch> stretches, int start, int end) {
    if (start < end) {
      stretches.add(new Stretch(start, end, invert));
    }
  }
}

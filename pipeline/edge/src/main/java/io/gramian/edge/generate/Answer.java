package io.gramian.edge.generate;

import io.gramian.edge.tokenizer.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A text as it grows: its tokens, its pieces, and what they took. */
final class Answer {

  private static final double NANOS = 1e9;

  private final TokenStream stream;
  private final Consumer<String> pieces;
  private final List<Integer> ids = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private long firstNanos;
  private long nanos;
  private int passes;

  /**
   * An empty text.
   *
   * @param stream has seen the prompt
   */
  Answer(TokenStream stream, Consumer<String> pieces) {
    this.stream = stream;
    this.pieces = pieces;
  }

  int size() {
    return ids.size();
  }

  void add(int id) {
    ids.add(id);
    give(stream.next(id));
  }

  void promptTook(long time) {
    firstNanos = time;
  }

  void passTook(long time) {
    nanos += time;
    passes++;
  }

  /** With what was held back of the text. */
  Generation end(EndReason reason) {
    give(stream.finish());
    Generation.Timing timing = new Generation.Timing(firstNanos / NANOS, nanos / NANOS, passes);
    return new Generation(ids, text.toString(), reason, timing);
  }

  private void give(String piece) {
    if (!piece.isEmpty()) {
      text.append(piece);
      pieces.accept(piece);
    }
  }
}

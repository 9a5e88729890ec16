package io.gramian.edge.tokenizer;

import java.util.function.Consumer;

/** Takes characters off the start and the end of each token. */
final class StripStep implements DecodeStep {

  private final String content;
  private final int start;
  private final int stop;

  /** Takes off at most {@code start} and {@code stop} times {@code content}. */
  StripStep(String content, int start, int stop) {
    this.content = content;
    this.start = start;
    this.stop = stop;
  }

  @Override
  public void accept(String token, Consumer<String> next) {
    int from = 0;
    for (int i = 0; i < start && token.startsWith(content, from); i++) {
      from += content.length();
    }
    int to = token.length();
    for (int i = 0; i < stop && to - from >= content.length(); i++) {
      if (!token.startsWith(content, to - content.length())) {
        break;
      }
      to -= content.length();
    }
    next.accept(token.substring(from, to));
  }
}

package io.gramian.edge.tokenizer;

import java.util.function.Consumer;

/** Takes characters off the start of the whole text, of which fragment after fragment comes. */
final class StripStartStep implements DecodeStep {

  private final String content;
  private int left;

  /** Takes off at most {@code count} times {@code content}, which is one character. */
  StripStartStep(String content, int count) {
    this.content = content;
    this.left = count;
  }

  @Override
  public void accept(String fragment, Consumer<String> next) {
    int from = 0;
    while (left > 0 && from < fragment.length()) {
      boolean match = fragment.startsWith(content, from);
      from += match ? content.length() : 0;
      left = match ? left - 1 : 0;
    }
    next.accept(fragment.substring(from));
  }
}

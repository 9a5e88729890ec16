package io.gramian.edge.tokenizer;

import java.util.function.Consumer;
import java.util.regex.Matcher;

/** Replaces a pattern in each token. */
final class ReplaceStep implements DecodeStep {

  private final TextPattern pattern;
  private final String content;

  ReplaceStep(TextPattern pattern, String content) {
    this.pattern = pattern;
    this.content = Matcher.quoteReplacement(content);
  }

  @Override
  public void accept(String token, Consumer<String> next) {
    next.accept(pattern.matcher(token).replaceAll(content));
  }
}

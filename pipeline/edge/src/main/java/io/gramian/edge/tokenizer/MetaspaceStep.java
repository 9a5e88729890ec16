package io.gramian.edge.tokenizer;

import java.util.function.Consumer;

/** Turns the marks of {@link Metaspace} back into spaces. */
final class MetaspaceStep implements DecodeStep {

  private final String mark;
  private String replacement;

  /**
   * With {@code first} in place of the marks of the first token.
   *
   * @param mark the character that stands for a space
   */
  MetaspaceStep(String mark, String first) {
    this.mark = mark;
    this.replacement = first;
  }

  @Override
  public void accept(String token, Consumer<String> next) {
    next.accept(token.replace(mark, replacement));
    replacement = " ";
  }
}

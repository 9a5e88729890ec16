package io.gramian.edge.tokenizer;

import java.util.function.Consumer;

/** A step from tokens to text; it may hold back what the tokens to come can still change. */
interface DecodeStep {

  /** Makes the step anew for each text. */
  @FunctionalInterface
  interface Factory {
    DecodeStep create();
  }

  /** Takes a token, or after a step that joins tokens a fragment of the text. */
  void accept(String token, Consumer<String> next);

  /** Gives on what no token to come will change, for readers that wait for it. */
  default void settle(Consumer<String> next) {}

  /** Gives on everything: the text ends here. */
  default void end(Consumer<String> next) {}
}

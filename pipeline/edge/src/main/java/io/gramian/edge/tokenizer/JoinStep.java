package io.gramian.edge.tokenizer;

import java.util.function.Consumer;

/** A space between tokens, as the reference library does where no decoder is given. */
final class JoinStep implements DecodeStep {

  private String separator = "";

  @Override
  public void accept(String token, Consumer<String> next) {
    next.accept(separator + token);
    separator = " ";
  }
}

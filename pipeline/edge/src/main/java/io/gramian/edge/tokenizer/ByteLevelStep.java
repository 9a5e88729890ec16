package io.gramian.edge.tokenizer;

import java.util.function.Consumer;

/** Turns the byte spelling of {@link ByteAlphabet} back into text, across tokens. */
final class ByteLevelStep implements DecodeStep {

  private final Utf8Buffer bytes = Utf8Buffer.lenient();

  @Override
  public void accept(String token, Consumer<String> next) {
    ByteAlphabet.addBytes(token, bytes);
  }

  @Override
  public void settle(Consumer<String> next) {
    next.accept(bytes.takeWhole());
  }

  @Override
  public void end(Consumer<String> next) {
    next.accept(bytes.takeAll());
  }
}

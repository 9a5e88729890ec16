package io.gramian.edge.tokenizer;

import java.util.function.Consumer;

/**
 * Joins the byte tokens in a row to text. A row that is no UTF-8 becomes one U+FFFD a byte, whole
 * characters in it too; only if these were already given on by {@link #settle}, they stand.
 */
final class ByteFallbackStep implements DecodeStep {

  private static final String REPLACEMENT = "\uFFFD";

  private final Utf8Buffer bytes = Utf8Buffer.strict();

  @Override
  public void accept(String token, Consumer<String> next) {
    int value = ByteToken.value(token);
    if (value == ByteToken.NONE) {
      end(next);
      next.accept(token);
    } else {
      bytes.add((byte) value);
    }
  }

  @Override
  public void settle(Consumer<String> next) {
    if (bytes.isWhole() || !bytes.isSound()) {
      end(next);
    }
  }

  @Override
  public void end(Consumer<String> next) {
    if (bytes.size() == 0) {
      return;
    }
    if (bytes.isWhole()) {
      next.accept(bytes.takeAll());
    } else {
      for (int i = bytes.size(); i > 0; i--) {
        next.accept(REPLACEMENT);
      }
      bytes.clear();
    }
  }
}

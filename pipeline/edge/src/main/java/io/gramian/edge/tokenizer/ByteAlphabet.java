package io.gramian.edge.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's spelling of bytes as characters: printable Latin-1 stands for itself, the other 68 bytes
 * are U+0100 onwards in order, so that a space is {@code Ġ}.
 */
final class ByteAlphabet {

  private static final int BYTES = 256;
  private static final int NONE = -1;
  private static final char[] CHARACTERS = characters();
  private static final short[] VALUES = values(CHARACTERS);

  private ByteAlphabet() {}

  /** The UTF-8 bytes of {@code text}, each as its character. */
  static String spell(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    char[] spelled = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      spelled[i] = CHARACTERS[bytes[i] & 0xFF];
    }
    return String.valueOf(spelled);
  }

  /** Adds the bytes that {@code token} spells; if it is no such spelling, its own UTF-8 bytes. */
  static void addBytes(String token, Utf8Buffer bytes) {
    for (int i = 0; i < token.length(); i++) {
      if (value(token.charAt(i)) == NONE) {
        bytes.add(token.getBytes(StandardCharsets.UTF_8));
        return;
      }
    }
    for (int i = 0; i < token.length(); i++) {
      bytes.add((byte) value(token.charAt(i)));
    }
  }

  private static int value(char character) {
    return character < VALUES.length ? VALUES[character] : NONE;
  }

  private static char[] characters() {
    char[] characters = new char[BYTES];
    int unprintable = 0;
    for (int value = 0; value < BYTES; value++) {
      characters[value] = (char) (isPrintable(value) ? value : BYTES + unprintable++);
    }
    return characters;
  }

  private static boolean isPrintable(int value) {
    return (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
  }

  private static short[] values(char[] characters) {
    short[] values = new short[2 * BYTES];
    Arrays.fill(values, (short) NONE);
    for (int value = 0; value < characters.length; value++) {
      values[characters[value]] = (short) value;
    }
    return values;
  }
}

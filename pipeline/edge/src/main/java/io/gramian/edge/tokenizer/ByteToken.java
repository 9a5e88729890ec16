package io.gramian.edge.tokenizer;

import java.util.HexFormat;

/** The tokens {@code <0x00>} to {@code <0xFF>} that stand for a single byte. */
final class ByteToken {

  static final int NONE = -1;

  private static final String START = "<0x";
  private static final String END = ">";
  private static final int LENGTH = 6;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private ByteToken() {}

  /** The token of a byte, from 0 to 255. */
  static String of(int value) {
    return START + HEX.toHexDigits((byte) value) + END;
  }

  /** The byte that {@code token} stands for, from 0 to 255, or {@link #NONE}. */
  static int value(String token) {
    if (token.length() != LENGTH || !token.startsWith(START) || !token.endsWith(END)) {
      return NONE;
    }
    boolean hex = HexFormat.isHexDigit(token.charAt(3)) && HexFormat.isHexDigit(token.charAt(4));
    return hex ? HexFormat.fromHexDigits(token, 3, 5) : NONE;
  }
}

package io.gramian.edge.tokenizer;

/**
 * Properties of characters as the Rust library defines them, which differ from those of {@link
 * Character}: a no-break space is white space here, and a file separator is none.
 */
final class CodePoints {

  private static final int NEXT_LINE = 0x85;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final String REPLACEMENT = "\uFFFD";

  private static final int WORD_TYPES =
      1 << Character.NON_SPACING_MARK
          | 1 << Character.ENCLOSING_MARK
          | 1 << Character.COMBINING_SPACING_MARK
          | 1 << Character.DECIMAL_DIGIT_NUMBER
          | 1 << Character.CONNECTOR_PUNCTUATION;

  private CodePoints() {}

  /** The Unicode property White_Space. */
  static boolean isWhiteSpace(int codePoint) {
    return Character.isSpaceChar(codePoint)
        || (codePoint >= '\t' && codePoint <= '\r')
        || codePoint == NEXT_LINE;
  }

  /** What {@code \w} matches, after Unicode Technical Standard 18. */
  static boolean isWord(int codePoint) {
    return Character.isAlphabetic(codePoint)
        || ((WORD_TYPES >> Character.getType(codePoint)) & 1) == 1
        || codePoint == ZERO_WIDTH_NON_JOINER
        || codePoint == ZERO_WIDTH_JOINER;
  }

  /** Where the white space before {@code end} begins. */
  static int spaceStart(String text, int end) {
    int start = end;
    // All white space is in the basic plane, so that one char is one character.
    while (start > 0 && isWhiteSpace(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  /** Where the white space from {@code start} on ends. */
  static int spaceEnd(String text, int start) {
    int end = start;
    while (end < text.length() && isWhiteSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** The text with U+FFFD in place of each unpaired surrogate, which UTF-8 cannot express. */
  static String wellFormed(String text) {
    int broken = unpaired(text, 0);
    if (broken < 0) {
      return text;
    }
    StringBuilder mended = new StringBuilder(text.length());
    int copied = 0;
    for (; broken >= 0; broken = unpaired(text, copied)) {
      mended.append(text, copied, broken).append(REPLACEMENT);
      copied = broken + 1;
    }
    return mended.append(text, copied, text.length()).toString();
  }

  private static int unpaired(String text, int from) {
    for (int i = from; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int codePoint = text.codePointAt(i);
      if (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint)) {
        return i;
      }
    }
    return -1;
  }
}

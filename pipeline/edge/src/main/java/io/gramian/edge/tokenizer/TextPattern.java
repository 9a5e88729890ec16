package io.gramian.edge.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of {@code tokenizer.json}: a literal text or a regular expression as Oniguruma reads
 * it.
 *
 * <p>Java reads these the same way once {@code \s}, {@code \w}, {@code \d} and ignored case mean
 * Unicode, {@code ^} and {@code $} every line, and only {@code \n} ends a line. The few constructs
 * that both accept but read differently are refused. Java 17 knows the characters of Unicode 13;
 * later ones count as unassigned.
 */
final class TextPattern {

  private static final String KEY = "pattern";
  private static final int FLAGS =
      Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES;

  private record Foreign(Pattern pattern, String what) {}

  private static final List<Foreign> FOREIGN =
      List.of(
          foreign("(?<!\\\\)(?:\\\\\\\\)*\\\\[hH]", "\\h, a hexadecimal digit there"),
          foreign("\\[:\\^?[a-z]+:\\]", "a POSIX bracket such as [:alpha:]"),
          foreign("\\(\\?[a-z]*-?[a-z]*m[a-z-]*[:)]", "the flag m, 'dot matches all' there"),
          foreign("(?<!\\\\x)\\{\\d*,?\\d*\\}\\+", "{n,m}+, which is not possessive there"));

  private final Pattern pattern;

  private TextPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Reads {@code pattern} of {@code section}: {@code {"String": ...}} or {@code {"Regex": ...}}.
   */
  static TextPattern read(Section section) {
    JsonNode node = section.object(KEY);
    if (node.path("String").isTextual()) {
      return new TextPattern(Pattern.compile(node.get("String").textValue(), Pattern.LITERAL));
    }
    if (node.path("Regex").isTextual()) {
      return new TextPattern(compile(section, node.get("Regex").textValue()));
    }
    throw section.missing(KEY, "an object with a text String or Regex");
  }

  /** A regular expression that is known to mean the same in Java. */
  static TextPattern of(String regex) {
    return new TextPattern(Pattern.compile(regex, FLAGS));
  }

  Matcher matcher(String text) {
    return pattern.matcher(text);
  }

  /** Whether it matches one character only, so that a text may be replaced fragment by fragment. */
  boolean isCharacter() {
    String text = pattern.pattern();
    return (pattern.flags() & Pattern.LITERAL) != 0 && text.codePointCount(0, text.length()) == 1;
  }

  private static Pattern compile(Section section, String regex) {
    for (Foreign foreign : FOREIGN) {
      if (foreign.pattern.matcher(regex).find()) {
        throw section.wrong(
            KEY,
            "is %s, which has %s; Gramian does not read that"
                .formatted(Section.quoted(regex), foreign.what));
      }
    }
    try {
      return Pattern.compile(regex, FLAGS);
    } catch (PatternSyntaxException e) {
      throw section.wrong(
          KEY,
          "is %s, which Java cannot read as a regular expression: %s near index %d"
              .formatted(Section.quoted(regex), e.getDescription(), e.getIndex()));
    }
  }

  private static Foreign foreign(String regex, String what) {
    return new Foreign(Pattern.compile(regex), what);
  }
}

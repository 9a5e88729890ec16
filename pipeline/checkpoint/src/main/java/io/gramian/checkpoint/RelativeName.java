package io.gramian.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * The rule for names inside a {@link Directory}: relative, separated by {@code /}, never leaving
 * the folder. Names come out of files that somebody else wrote, so every implementation asks here.
 */
public final class RelativeName {

  private static final Set<String> FORBIDDEN_PARTS = Set.of("", ".", "..");

  private RelativeName() {}

  /**
   * Returns {@code file} unchanged.
   *
   * @param file the name to check
   * @param directory what the message calls the folder
   * @throws UserException if the name is empty, absolute, or holds {@code ..}, {@code .}, an empty
   *     part, a backslash or a control character
   */
  public static String require(String file, String directory) {
    if (!isRelative(file)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "'%s' is not a name inside %s: names are relative, separated by '/', and hold no '..'",
              printable(file),
              directory));
    }
    return file;
  }

  /** Whether {@code file} is a relative name of one part: no folder in it. */
  static boolean isSinglePart(String file) {
    return isRelative(file) && file.indexOf('/') < 0;
  }

  private static boolean isRelative(String file) {
    return file.indexOf('\\') < 0
        && isOneLine(file)
        && Arrays.stream(file.split("/", -1)).noneMatch(FORBIDDEN_PARTS::contains);
  }

  /** Whether {@code text} is free of control characters. */
  static boolean isOneLine(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }

  /** {@code text} on one line: control characters replaced by question marks. */
  static String printable(String text) {
    return text.replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?");
  }
}

package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of memory as the JVM's options have them: {@code 500m} are 500 times 2^20 bytes. */
final class ByteCount {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([kKmMgG]?)");

  private ByteCount() {}

  /**
   * Reads a size.
   *
   * @throws UserException if {@code text} is none
   */
  static long parse(String option, String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new UserException(
          "%s \"%s\" is no size of memory: give for example 500m or 2g".formatted(option, text));
    }
    return Long.parseLong(matcher.group(1)) << shift(matcher.group(2));
  }

  private static int shift(String unit) {
    return switch (unit) {
      case "k", "K" -> 10;
      case "m", "M" -> 20;
      case "g", "G" -> 30;
      default -> 0;
    };
  }
}

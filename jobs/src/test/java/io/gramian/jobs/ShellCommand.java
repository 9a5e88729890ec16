package io.gramian.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call of the launcher as documentation shows it, taken apart as a shell would do it.
 *
 * @param words what follows {@code jobs/bin/gramian}; dots that stand for more left out
 */
record ShellCommand(List<String> words) {

  static final String LAUNCHER = "jobs/bin/gramian";

  /** The launcher after variables that are set for it alone. */
  private static final Pattern CALL =
      Pattern.compile("(?:\\w+=\\S+ +)*" + Pattern.quote(LAUNCHER) + " +(.*)");

  /** A comment, a word in quotes, or a stretch of one without. */
  private static final Pattern TOKEN =
      Pattern.compile("(?<=\\s|^)#.*|'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+)|(\\s+)");

  /** The call that {@code line} is; none if it is something else, or has variables in it. */
  static Optional<ShellCommand> of(String line) {
    Matcher call = CALL.matcher(line.strip());
    return call.matches() && !line.contains("$")
        ? Optional.of(new ShellCommand(split(call.group(1))))
        : Optional.empty();
  }

  private static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    Matcher token = TOKEN.matcher(text + " ");
    while (token.find()) {
      for (int quotes = 1; quotes <= 3; quotes++) {
        if (token.group(quotes) != null) {
          word.append(token.group(quotes));
          begun = true;
        }
      }
      if (token.group(4) != null && begun) {
        words.add(word.toString());
        word.setLength(0);
        begun = false;
      }
    }
    words.removeIf("..."::equals);
    return List.copyOf(words);
  }

  String[] arguments() {
    return words.toArray(String[]::new);
  }
}

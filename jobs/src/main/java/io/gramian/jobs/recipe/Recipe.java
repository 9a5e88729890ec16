package io.gramian.jobs.recipe;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.text.similarity.LevenshteinDistance;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values for a verb's options, by the option's long name without dashes.
 *
 * @param file it was read from, for messages
 * @param values as they would stand on the command line; lists joined by commas
 */
public record Recipe(String file, SortedMap<String, String> values)
    implements IDefaultValueProvider {

  private static final String DASHES = "--";

  /** Copies. */
  public Recipe {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /**
   * Reads a YAML mapping of names to values or lists of values.
   *
   * @throws UserException if there is no such file, or it is something else
   */
  public static Recipe read(Path file) {
    String name = file.toString();
    LocalDirectory folder = LocalDirectory.of(file.toAbsolutePath().getParent());
    String last = String.valueOf(file.getFileName());
    try {
      if (!folder.exists(last)) {
        throw new UserException(name + ": no such recipe");
      }
      try (InputStream in = folder.read(last)) {
        return new Recipe(name, RecipeYaml.parse(in.readAllBytes(), name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks that every key is an option of {@code verb}.
   *
   * @throws UserException with the nearest option, if one is not
   */
  public void requireOptionsOf(CommandSpec verb) {
    for (String key : values.keySet()) {
      if (verb.findOption(DASHES + key) == null) {
        throw new UserException(
            file + ": unknown key " + key + ": did you mean " + nearest(key, verb) + "?");
      }
    }
  }

  private static String nearest(String wanted, CommandSpec verb) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    Set<String> known = new TreeSet<>();
    verb.options().forEach(option -> known.add(name(option)));
    return known.stream()
        .min(Comparator.comparingInt(key -> distance.apply(wanted, key)))
        .orElseThrow();
  }

  private static String name(OptionSpec option) {
    String longest = option.longestName();
    return longest.startsWith(DASHES) ? longest.substring(DASHES.length()) : longest;
  }

  /** What the recipe says of an option; null, as picocli wants it, where it says nothing. */
  @Override
  public String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option ? values.get(name(option)) : null;
  }
}

package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --recipe}: where a verb's options come from that the command line does not give. */
public final class RecipeOptions {

  /** The option's name, for those who look it up before the command line is read. */
  public static final String NAME = "--recipe";

  private static final String DEFAULT = "default";

  @Option(
      names = NAME,
      paramLabel = "NAME",
      defaultValue = DEFAULT,
      description =
          "Values for the options that are not given: one of conf/recipes, or a YAML file with lines"
              + " such as \"keep: [1.0, 0.65]\" (default: ${DEFAULT-VALUE}).")
  private String recipe;

  /**
   * The file that {@code recipe} stands for.
   *
   * @param recipe a name or a file, as given
   * @throws UserException if it is a name and nobody said where Gramian lies
   */
  public static Path file(String recipe) {
    if (recipe.endsWith(".yaml")) {
      return Path.of(recipe);
    }
    String home = System.getProperty(Sample.HOME_PROPERTY);
    if (home == null) {
      throw new UserException(
          "--recipe "
              + recipe
              + " is a name, and only jobs/bin/gramian knows where conf/recipes lies: give a YAML"
              + " file");
    }
    return Path.of(home, "conf", "recipes", recipe + ".yaml");
  }

  /** As it was given. */
  public String recipe() {
    return recipe;
  }
}

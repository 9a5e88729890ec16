package io.gramian.jobs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class RecipeTest {

  @TempDir private Path folder;

  @Command(name = "cook")
  private static final class Cook {

    @Option(names = "--keep", split = ",", defaultValue = "1.0")
    private List<Double> keep;

    @Option(
        names = {"-s", "--steps"},
        defaultValue = "7")
    private int steps;

    @Option(names = "--profile", defaultValue = "default")
    private String profile;
  }

  private Recipe recipe(String yaml) throws IOException {
    return Recipe.read(Files.writeString(folder.resolve("r.yaml"), yaml));
  }

  private Cook cook(String yaml, String... arguments) throws IOException {
    Cook cook = new Cook();
    CommandLine line = new CommandLine(cook);
    Recipe recipe = recipe(yaml);
    recipe.requireOptionsOf(line.getCommandSpec());
    line.setDefaultValueProvider(recipe).parseArgs(arguments);
    return cook;
  }

  @Test
  void theCommandLineOverridesTheRecipeAndTheRecipeTheDefaults() throws IOException {
    String yaml = "keep: [0.85, 0.65]\nsteps: 12\n";
    Cook cook = cook(yaml);
    assertThat(cook.keep).containsExactly(0.85, 0.65);
    assertThat(cook.steps).isEqualTo(12);
    assertThat(cook.profile).isEqualTo("default");

    Cook other = cook(yaml, "--keep=0.5", "-s", "3");
    assertThat(other.keep).containsExactly(0.5);
    assertThat(other.steps).isEqualTo(3);
  }

  @Test
  void anEmptyRecipeSaysNothing() throws IOException {
    assertThat(cook("# nothing\n").steps).isEqualTo(7);
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearest() {
    assertThatThrownBy(() -> cook("step: 3\n"))
        .isInstanceOf(UserException.class)
        .hasMessage(folder + "/r.yaml: unknown key step: did you mean steps?");
  }

  @Test
  void whatIsNoRecipeIsRefused() {
    assertRefused("- keep\n", "r.yaml is no recipe: write one option a line, as keep: 0.85");
    assertRefused("keep:\n", "r.yaml: keep needs a value, or a list of values");
    assertRefused("keep: {a: 1}\n", "r.yaml: keep needs a value, or a list of values");
    assertRefused("keep: [[1]]\n", "r.yaml: keep needs a value, or a list of values");
    assertThatThrownBy(() -> recipe("steps: 1\nsteps: 2\n"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("r.yaml is no valid YAML: ")
        .hasMessageContaining("steps");
    assertThatThrownBy(() -> Recipe.read(folder.resolve("none.yaml")))
        .isInstanceOf(UserException.class)
        .hasMessage(folder + "/none.yaml: no such recipe");
  }

  private void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> recipe(yaml))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(message);
  }
}

package io.gramian.jobs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.jobs.options.RecipeOptions;
import io.gramian.jobs.options.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

class RecipeDefaultsTest {

  @TempDir private Path home;

  private final Cook cook = new Cook();

  @Command(name = "kitchen", mixinStandardHelpOptions = true)
  private static final class Kitchen implements Runnable {
    @Override
    public void run() {}
  }

  @Command(name = "cook", mixinStandardHelpOptions = true)
  private static final class Cook implements Runnable {

    @SuppressWarnings("UnusedVariable") // picocli needs the field to know the option
    @Mixin
    private RecipeOptions recipe;

    @Option(names = "--steps", defaultValue = "7")
    private int steps;

    @Override
    public void run() {}
  }

  @Command(name = "wash")
  private static final class Wash implements Runnable {
    @Override
    public void run() {}
  }

  @AfterEach
  void forgetHome() {
    System.clearProperty(Sample.HOME_PROPERTY);
  }

  private static CommandLine line(Cook cook) {
    return new CommandLine(new Kitchen())
        .addSubcommand(cook)
        .addSubcommand(new Wash())
        .setErr(new java.io.PrintWriter(java.io.Writer.nullWriter()))
        .setOut(new java.io.PrintWriter(java.io.Writer.nullWriter()));
  }

  private int run(String... arguments) {
    CommandLine line = line(cook);
    RecipeDefaults.apply(line, line(new Cook()), arguments);
    return line.execute(arguments);
  }

  private void named(String name, String yaml) throws IOException {
    System.setProperty(Sample.HOME_PROPERTY, home.toString());
    Path recipes = Files.createDirectories(home.resolve("conf/recipes"));
    Files.writeString(recipes.resolve(name + ".yaml"), yaml);
  }

  @Test
  void theDefaultRecipeCounts() throws IOException {
    named("default", "steps: 3\n");
    assertThat(run("cook")).isZero();
    assertThat(cook.steps).isEqualTo(3);
    assertThat(run("cook", "--steps=5")).isZero();
    assertThat(cook.steps).isEqualTo(5);
  }

  @Test
  void anotherIsNamedOrAFile() throws IOException {
    named("quick", "steps: 1\n");
    assertThat(run("cook", "--recipe", "quick")).isZero();
    assertThat(cook.steps).isEqualTo(1);
    Path file = Files.writeString(home.resolve("mine.yaml"), "steps: 9\n");
    assertThat(run("cook", "--recipe=" + file)).isZero();
    assertThat(cook.steps).isEqualTo(9);
  }

  @Test
  void whatIsWrongWithARecipeIsSaid() throws IOException {
    assertThatThrownBy(() -> run("cook"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "--recipe default is a name, and only jobs/bin/gramian knows where conf/recipes lies:"
                + " give a YAML file");
    named("bad", "step: 1\n");
    assertThatThrownBy(() -> run("cook", "--recipe=bad"))
        .isInstanceOf(UserException.class)
        .hasMessage(home + "/conf/recipes/bad.yaml: unknown key step: did you mean steps?");
    assertThatThrownBy(() -> run("cook", "--recipe=none"))
        .isInstanceOf(UserException.class)
        .hasMessage(home + "/conf/recipes/none.yaml: no such recipe");
  }

  /** Without a recipe at hand: none of these needs one. */
  @Test
  void helpOtherVerbsAndMistakesAreLeftToPicocli() {
    assertThat(run("cook", "--help")).isZero();
    assertThat(run("wash")).isZero();
    assertThat(run()).isZero();
    assertThat(run("cook", "--nonsense")).isEqualTo(CommandLine.ExitCode.USAGE);
  }
}

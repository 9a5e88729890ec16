package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.gramian.jobs.options.RecipeOptions;
import io.gramian.jobs.options.Sample;
import io.gramian.jobs.recipe.Recipe;
import io.gramian.jobs.recipe.RecipeDefaults;
import io.gramian.model.family.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The recipes that come with Gramian: {@code compress} understands them all. */
class RecipeFilesTest {

  @BeforeEach
  void sayWhereGramianLies() {
    System.setProperty(Sample.HOME_PROPERTY, ProcessRun.ROOT.toString());
  }

  @AfterEach
  void forgetIt() {
    System.clearProperty(Sample.HOME_PROPERTY);
  }

  static List<String> recipes() throws IOException {
    try (Stream<Path> files = Files.list(ProcessRun.ROOT.resolve("conf/recipes"))) {
      return files
          .map(file -> file.getFileName().toString().replace(".yaml", ""))
          .sorted()
          .toList();
    }
  }

  @Test
  void everyFamilyHasOne() throws IOException {
    assertThat(recipes())
        .contains("default", "small", "paper")
        .containsAll(
            Families.all().stream().map(family -> family.modelType().replace('_', '-')).toList());
  }

  /** Its keys are options, its values what they take, and the profile that it names is there. */
  @ParameterizedTest
  @MethodSource("recipes")
  void compressUnderstandsIt(String recipe) {
    String[] words = {"compress", "--recipe=" + recipe};
    CommandLine line = Main.commandLine();

    RecipeDefaults.apply(line, Main.commandLine(), words);

    Recipe read = Recipe.read(RecipeOptions.file(recipe));
    CompressCommand compress =
        (CompressCommand) line.parseArgs(words).subcommand().commandSpec().userObject();
    assertThat(compress.prepare()).isNotNull();
    assertThat(read.values()).containsKeys("sequences", "sequence-length", "keep", "profile");
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void commandsInCommentsAreUnderstood(String recipe) throws IOException {
    for (String comment : Files.readAllLines(RecipeOptions.file(recipe))) {
      ShellCommand.of(comment.replaceFirst("^# *", ""))
          .ifPresent(
              command ->
                  assertThatCode(() -> Main.commandLine().parseArgs(command.arguments()))
                      .as(comment)
                      .doesNotThrowAnyException());
    }
  }
}

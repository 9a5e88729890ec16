package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.run.TextSource;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model, and the held-out text to score it on. */
public final class EvaluationOptions {

  @Mixin private ModelOptions models;

  @Option(
      names = "--text",
      paramLabel = "PATH",
      description =
          "Held-out text: a file, a folder or a glob pattern of text, JSONL (also .gz) or Parquet."
              + " For the sample model: the sample's.")
  private Optional<String> text;

  @Mixin private CutOptions cut;

  /** The model that was given. */
  public Optional<String> givenModel() {
    return models.given();
  }

  /**
   * The text that was given, or the sample's for the sample's model.
   *
   * @throws UserException if none was given for another model
   */
  public TextSource text(String model) {
    return cut.of(text.orElseGet(() -> sampleText(model)));
  }

  private static String sampleText(String model) {
    return Sample.ifPresent()
        .filter(sample -> sample.model().equals(model))
        .map(Sample::heldOutText)
        .orElseThrow(
            () ->
                new UserException(
                    "--text is missing: give a held-out text to score " + model + " on"));
  }
}

package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.run.TextSource;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --text}: what predictions are scored on. */
public final class HeldOutOptions {

  @Option(
      names = "--text",
      paramLabel = "PATH",
      description =
          "Held-out text: a file, a folder or a glob pattern of text, JSONL (also .gz) or Parquet."
              + " For the sample model: the sample's.")
  private Optional<String> text;

  /**
   * The text that was given, or the sample's for the sample's model.
   *
   * @throws UserException if none was given for another model
   */
  public TextSource text(String model, CutOptions cut) {
    return cut.of(path(model));
  }

  /** Where {@link #text} lies. */
  String path(String model) {
    return text.orElseGet(() -> sampleText(model));
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

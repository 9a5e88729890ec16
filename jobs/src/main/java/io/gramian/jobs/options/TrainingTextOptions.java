package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is learnt, and what is only scored on the way. */
public final class TrainingTextOptions {

  @Option(
      names = "--training",
      paramLabel = "PATH",
      description =
          "Text to learn: a file, a folder or a glob pattern of text, JSONL (also .gz) or Parquet."
              + " JSONL may hold instructions: objects with instruction, output and perhaps input."
              + " For the sample model: the sample's calibration text.")
  private Optional<String> training;

  @Mixin private HeldOutOptions heldOut;

  @Option(
      names = "--text-column",
      paramLabel = "NAME",
      defaultValue = TokenizeRequest.DEFAULT_TEXT_COLUMN,
      description =
          "Field of JSONL or column of Parquet that holds the text (default: ${DEFAULT-VALUE}).")
  private String textColumn;

  @Option(
      names = "--sequence-length",
      paramLabel = "TOKENS",
      defaultValue = "256",
      description = "Tokens of a training sequence (default: ${DEFAULT-VALUE}).")
  private int sequenceLength;

  @Option(
      names = "--packing",
      paramLabel = "HOW",
      defaultValue = "pack",
      description =
          "pack joins documents until a sequence is full; split starts a new sequence with each"
              + " document (default: ${DEFAULT-VALUE}).")
  private Packing packing;

  @Option(
      names = "--check-sequences",
      paramLabel = "COUNT",
      defaultValue = "64",
      description =
          "How many held-out sequences to score at most, spread evenly over the text (default:"
              + " ${DEFAULT-VALUE}); 0 scores all.")
  private int checkSequences;

  /**
   * The training text that was given, or the sample's for the sample's model.
   *
   * @throws UserException if none was given for another model
   */
  public TextSource training(String model) {
    return source(training.orElseGet(() -> sampleText(model)), OptionalInt.empty());
  }

  /**
   * The held-out text that was given, or the sample's for the sample's model.
   *
   * @throws UserException if none was given for another model
   */
  public TextSource heldOut(String model) {
    return source(
        heldOut.path(model),
        checkSequences == 0 ? OptionalInt.empty() : OptionalInt.of(checkSequences));
  }

  private TextSource source(String path, OptionalInt maximum) {
    return new TextSource(
        path, textColumn, new TokenizeRequest.Cut(sequenceLength, maximum, packing));
  }

  private static String sampleText(String model) {
    return Sample.ifPresent()
        .filter(sample -> sample.model().equals(model))
        .map(Sample::text)
        .orElseThrow(
            () ->
                new UserException(
                    "--training is missing: give a text to fine-tune " + model + " on"));
  }
}

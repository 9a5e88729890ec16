package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** The text to calibrate on, and how it is cut into sequences. */
public final class CalibrationOptions {

  @Option(
      names = "--calibration",
      paramLabel = "PATH",
      description =
          "Text of the kind the model is to work on: a file, a folder or a glob pattern of text,"
              + " JSONL (also .gz) or Parquet.")
  private Optional<String> calibration;

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
      defaultValue = "512",
      description = "Tokens of a sequence (default: ${DEFAULT-VALUE}).")
  private int sequenceLength;

  @Option(
      names = "--sequences",
      paramLabel = "COUNT",
      defaultValue = "128",
      description =
          "How many sequences to use at most, spread evenly over the text (default: ${DEFAULT-VALUE});"
              + " 0 uses all.")
  private int sequences;

  @Option(
      names = "--packing",
      paramLabel = "HOW",
      defaultValue = "pack",
      description =
          "pack joins documents until a sequence is full; split starts a new sequence with each"
              + " document (default: ${DEFAULT-VALUE}).")
  private Packing packing;

  /**
   * What to tokenise: the model and text that were given, or the sample when neither was.
   *
   * @throws UserException if only one of the two was given, a number is out of range, or the sample
   *     is wanted and not there
   */
  public TokenizeRequest request(ModelOptions models, RunOptions run) {
    if (models.given().isPresent() != calibration.isPresent()) {
      throw new UserException(
          calibration.isPresent()
              ? "--calibration is given but --model is not: give both, or neither for the sample"
              : "--model is given but --calibration is not: give both, or neither for the sample");
    }
    String model = models.orSample();
    String text = calibration.orElseGet(() -> Sample.find().text());
    return TokenizeRequest.of(model, text, cut(), run.output(model)).withTextColumn(textColumn);
  }

  private TokenizeRequest.Cut cut() {
    OptionalInt maximum = sequences == 0 ? OptionalInt.empty() : OptionalInt.of(sequences);
    return new TokenizeRequest.Cut(sequenceLength, maximum, packing);
  }
}

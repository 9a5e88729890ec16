package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.run.TextSource;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model, the text to calibrate it on, and how that is cut into sequences. */
public final class CalibrationOptions {

  @Mixin private ModelOptions models;

  @Option(
      names = "--calibration",
      paramLabel = "PATH",
      description =
          "Text of the kind the model is to work on: a file, a folder or a glob pattern of text,"
              + " JSONL (also .gz) or Parquet.")
  private Optional<String> calibration;

  @Mixin private CutOptions cut;

  /**
   * The model that was given, or the sample's when neither it nor a text was.
   *
   * @throws UserException if only one of the two was given, or the sample is wanted and not there
   */
  public String model() {
    if (models.given().isPresent() != calibration.isPresent()) {
      throw new UserException(
          calibration.isPresent()
              ? "--calibration is given but --model is not: give both, or neither for the sample"
              : "--model is given but --calibration is not: give both, or neither for the sample");
    }
    return models.orSample();
  }

  /** Whether neither model nor text was given. */
  public boolean isOmitted() {
    return models.given().isEmpty() && calibration.isEmpty();
  }

  /**
   * The text that was given, or the sample's.
   *
   * @throws UserException if a number is out of range, or the sample is wanted and not there
   */
  public TextSource text() {
    return cut.of(calibration.orElseGet(() -> Sample.find().text()));
  }

  /** How texts are cut into sequences. */
  public CutOptions cut() {
    return cut;
  }
}

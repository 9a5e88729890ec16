package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model and the texts that come with Gramian.
 *
 * @param model checkpoint folder
 * @param text calibration text
 * @param heldOutText text of the same kind that the calibration text does not contain
 */
public record Sample(String model, String text, String heldOutText) {

  /** System property that names the folder Gramian lies in; the launcher sets it. */
  public static final String HOME_PROPERTY = "gramian.home";

  private static final String FOLDER = "calibration-data";

  /**
   * Finds the sample.
   *
   * @throws UserException if it is not where the launcher says Gramian lies, or nobody said where
   */
  public static Sample find() {
    String home = System.getProperty(HOME_PROPERTY);
    if (home == null) {
      throw new UserException(
          "no --model and no --calibration, and the sample is not at hand: give both options, or"
              + " start through jobs/bin/gramian, which knows where the sample lies");
    }
    Path folder = Path.of(home, FOLDER);
    return new Sample(
        existing(folder.resolve("llama-tiny")),
        existing(folder.resolve("text/public-domain.train.jsonl")),
        existing(folder.resolve("text/public-domain.valid.jsonl")));
  }

  /** The sample, where there is one. */
  static Optional<Sample> ifPresent() {
    return System.getProperty(HOME_PROPERTY) == null ? Optional.empty() : Optional.of(find());
  }

  private static String existing(Path path) {
    if (!Files.exists(path)) {
      throw new UserException(
          "no --model and no --calibration, and the sample is not complete: %s does not exist; give both options, or restore %s/ from the repository"
              .formatted(path, FOLDER));
    }
    return path.toString();
  }
}

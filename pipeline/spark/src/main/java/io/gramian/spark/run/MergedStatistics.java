package io.gramian.spark.run;

import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs whose statistics come from other runs rather than from a text. */
public final class MergedStatistics {

  /** The ingredient that tells: a digest of the sources. */
  static final String MERGED = "merged";

  private MergedStatistics() {}

  /** Whether the run in {@code directory} is one. */
  public static boolean isIn(HadoopDirectory directory) {
    return RunManifest.read(directory)
        .map(manifest -> manifest.recipe().get(Calibrate.PHASE))
        .filter(recipe -> recipe instanceof Map<?, ?> values && values.containsKey(MERGED))
        .isPresent();
  }

  private static boolean isIn(Run run) {
    return run.recipeOf(Calibrate.PHASE).containsKey(MERGED);
  }

  /**
   * Checks that a run is one, and as it was written.
   *
   * @throws UserException if it is not
   */
  static void requireIn(Run run) {
    if (!isIn(run) || !run.isDone(Texts.CALIBRATION)) {
      throw new UserException(
          run.directory().name()
              + " holds no merged statistics: run merge with that --output first");
    }
    for (String phase : List.of(Calibrate.PHASE, Texts.CALIBRATION)) {
      Optional<String> changed = run.firstChanged(phase);
      if (changed.isPresent()) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s/%s is not as merge wrote it: run merge with that --output again",
                run.directory().name(),
                changed.get()));
      }
    }
  }

  /**
   * Checks that a text may replace what a run holds.
   *
   * @throws UserException if that is merged statistics and nobody said to overwrite them
   */
  static void refuseIn(Run run) {
    if (isIn(run) && !run.replaces()) {
      throw new UserException(
          run.directory().name()
              + " holds statistics that were merged of other runs: leave --model and --calibration"
              + " out to go on from them, give another --output, or --overwrite to replace them");
    }
  }
}

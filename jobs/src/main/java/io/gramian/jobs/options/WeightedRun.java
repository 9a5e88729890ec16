package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.Weight;

/**
 * {@code RUN} or {@code RUN=WEIGHT} on the command line. What stands behind the last {@code =} of
 * the folder's own name is the weight, so that folders above may have one in their names.
 *
 * @param run its folder
 * @param weight how often its tokens count
 */
public record WeightedRun(String run, Weight weight) {

  /**
   * Reads it.
   *
   * @throws UserException if the folder is missing or the weight is none
   */
  public static WeightedRun parse(String text) {
    int equals = text.lastIndexOf('=');
    if (equals < text.lastIndexOf('/') || equals < 0) {
      return new WeightedRun(text, Weight.ONE);
    }
    if (equals == 0) {
      throw new UserException("--add " + text + " names no run: give RUN or RUN=WEIGHT");
    }
    try {
      return new WeightedRun(text.substring(0, equals), Weight.parse(text.substring(equals + 1)));
    } catch (UserException e) {
      throw new UserException("--add " + text + ": " + e.getMessage(), e);
    }
  }
}

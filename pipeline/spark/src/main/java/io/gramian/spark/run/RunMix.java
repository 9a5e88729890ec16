package io.gramian.spark.run;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.Weight;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.List;

/**
 * Which runs to merge: {@code sum_k w_k G_k - sum_l G_l} of their statistics.
 *
 * @param added at least one
 * @param subtracted runs over parts of the text that the others saw
 */
public record RunMix(List<Part> added, List<HadoopDirectory> subtracted) {

  /**
   * Checks that there is something to add.
   *
   * @throws UserException if there is not
   */
  public RunMix {
    added = List.copyOf(added);
    subtracted = List.copyOf(subtracted);
    if (added.isEmpty()) {
      throw nothingToAdd();
    }
  }

  /** For a mix of nothing. */
  public static UserException nothingToAdd() {
    return new UserException(
        "nothing to merge: give --add RUN, once for each run whose statistics are to be added");
  }

  /**
   * One source.
   *
   * @param run its folder
   * @param weight how often its tokens count
   */
  public record Part(HadoopDirectory run, Weight weight) {}
}

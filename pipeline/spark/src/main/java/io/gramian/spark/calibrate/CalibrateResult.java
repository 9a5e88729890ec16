package io.gramian.spark.calibrate;

import java.util.List;

/**
 * What {@link Calibrate} wrote.
 *
 * @param files names within the statistics folder, sorted
 * @param tokens calibration tokens summed over
 */
public record CalibrateResult(List<String> files, long tokens) {

  public CalibrateResult {
    files = List.copyOf(files);
  }
}

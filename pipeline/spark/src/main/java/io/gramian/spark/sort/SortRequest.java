package io.gramian.spark.sort;

import io.gramian.compress.sort.Ranking;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.spark.storage.HadoopDirectory;

/**
 * What to sort and how.
 *
 * @param model folder of the checkpoint
 * @param statistics folder that {@code calibrate} wrote from it
 * @param ranking how units are ranked
 * @param output folder of the run
 */
public record SortRequest(
    HadoopDirectory model, HadoopDirectory statistics, Ranking ranking, HadoopDirectory output) {

  /** By statistics alone. */
  public SortRequest(
      HadoopDirectory model,
      HadoopDirectory statistics,
      SortCriteria criteria,
      HadoopDirectory output) {
    this(model, statistics, Ranking.by(criteria), output);
  }
}

package io.gramian.spark.run;

import io.gramian.compress.sort.SortCriteria;

/**
 * What a pipeline works on and how.
 *
 * @param model folder of the checkpoint
 * @param calibration the calibration text
 * @param criteria how units are ranked
 * @param resources how much of the cluster to use; changes no result
 */
public record PipelineSettings(
    String model, TextSource calibration, SortCriteria criteria, Resources resources) {

  /**
   * What a pass through the model may take.
   *
   * @param waveBytes weights that a process may hold at a time, F32
   * @param parallelism tasks that run at a time; a pass is cut into twice as many
   */
  public record Resources(long waveBytes, int parallelism) {}
}

package io.gramian.spark.run;

import io.gramian.compress.sort.SortCriteria;

/**
 * What a pipeline works on and how.
 *
 * @param model folder of the checkpoint
 * @param calibration the calibration text
 * @param criteria how units are ranked
 * @param waveBytes weights that a process may hold at a time, F32; changes no result
 */
public record PipelineSettings(
    String model, TextSource calibration, SortCriteria criteria, long waveBytes) {}

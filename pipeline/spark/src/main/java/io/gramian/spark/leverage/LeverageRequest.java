package io.gramian.spark.leverage;

import io.gramian.spark.storage.HadoopDirectory;

/**
 * What to score, and where to.
 *
 * @param model folder of the checkpoint
 * @param singularValues {@code k}, to find for each MLP
 * @param run folder of the run
 */
public record LeverageRequest(HadoopDirectory model, int singularValues, HadoopDirectory run) {}

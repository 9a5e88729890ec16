package io.gramian.spark.wave;

import io.gramian.spark.hidden.BlockStates;
import io.gramian.spark.storage.HadoopDirectory;

/**
 * Where a calibration starts, and where it stores hidden states.
 *
 * @param states folder that holds a folder a block
 * @param firstBlock the first block to walk through; unless it is 0, {@code states} holds what it
 *     reads
 * @param kept whether the states behind the last block are stored too
 */
public record CalibrationRoute(HadoopDirectory states, int firstBlock, KeptStates kept) {

  /** The files before a block. */
  public BlockStates before(int block) {
    return new BlockStates(states, block);
  }
}

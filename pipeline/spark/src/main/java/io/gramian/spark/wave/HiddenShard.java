package io.gramian.spark.wave;

/**
 * A micro-shard and the residual stream between two blocks.
 *
 * @param shard its tokens
 * @param hidden {@code [sequences, positions, h]}, F32, row-major
 */
record HiddenShard(MicroShard shard, float[] hidden) implements WaveRecord {

  private static final long serialVersionUID = 1L;
}

package io.gramian.spark.wave;

/** A micro-shard and the residual stream between two blocks. */
final class HiddenShard implements WaveRecord {

  private static final long serialVersionUID = 1L;

  private final MicroShard shard;
  private final float[] hidden;

  /**
   * Pairs tokens with their hidden states.
   *
   * @param shard its tokens
   * @param hidden {@code [sequences, positions, h]}, F32, row-major; taken over
   */
  HiddenShard(MicroShard shard, float[] hidden) {
    this.shard = shard;
    this.hidden = hidden;
  }

  MicroShard shard() {
    return shard;
  }

  /** {@code [sequences, positions, h]}, row-major. */
  float[] hidden() {
    return hidden;
  }

  /** {@code h}. */
  int hiddenSize() {
    return hidden.length / (shard.sequences() * shard.positions());
  }
}

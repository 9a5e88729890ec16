package io.gramian.spark.wave;

import io.gramian.spark.hidden.MicroShard;
import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;

/** A micro-shard and the residual stream between two blocks. */
final class HiddenShard implements Serializable {

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

  /** {@code [sequences, positions, h]}, in the enclosing scope. */
  Tensor tensor() {
    return Tensor.create(hidden, shard.sequences(), shard.positions(), hiddenSize());
  }

  /** {@code h}. */
  int hiddenSize() {
    return hidden.length / (shard.sequences() * shard.positions());
  }
}

package io.gramian.spark.wave;

import io.gramian.spark.hidden.MicroShard;
import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;

/** Where a wave's tasks take hidden states from, a shard at a time. */
interface WaveInput<S> extends Serializable {

  /** Prepares what a task's shards have in common, on the task's thread. */
  Source<S> begin();

  /** A task's share. */
  @FunctionalInterface
  interface Source<S> {

    /** The states that {@code shard} stands for, in the enclosing scope. */
    ShardStates take(S shard);
  }

  /**
   * A shard's hidden states in front of a block, in native memory.
   *
   * @param states {@code [sequences, positions, h]}, F32; whoever takes it closes it
   */
  record ShardStates(MicroShard shard, Tensor states) {}
}

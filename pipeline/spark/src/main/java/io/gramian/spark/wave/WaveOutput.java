package io.gramian.spark.wave;

import io.gramian.spark.hidden.BlockStates;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.spark.TaskContext;

/** Where a wave's tasks leave the hidden states behind its last block. */
sealed interface WaveOutput extends Serializable {

  /** Takes a shard's; its tensor stays the caller's. */
  void accept(WaveInput.ShardStates shard);

  /** Nobody reads them. */
  record Dropped() implements WaveOutput {

    private static final long serialVersionUID = 1L;

    @Override
    public void accept(WaveInput.ShardStates shard) {}
  }

  /** Files before the next block. */
  record Stored(BlockStates files) implements WaveOutput {

    private static final long serialVersionUID = 1L;

    @Override
    public void accept(WaveInput.ShardStates shard) {
      String attempt = Long.toString(TaskContext.get().taskAttemptId());
      int hiddenSize = Math.toIntExact(shard.states().size(2));
      try {
        files.write(
            shard.shard(), hiddenSize, new TensorRows(shard.states().contiguous()), attempt);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package io.gramian.spark.wave;

import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import io.gramian.spark.hidden.BlockStates;
import io.gramian.spark.hidden.MicroShard;
import io.gramian.spark.hidden.ShardHeader;
import io.gramian.spark.hidden.StateRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Hidden states that the wave before has stored, by the index of their shard. They go into the
 * tensor's own memory, one record batch after the other; padding, which is not stored, is zero.
 */
record StoredInput(BlockStates stored) implements WaveInput<Integer> {

  private static final long serialVersionUID = 1L;

  @Override
  public Source<Integer> begin() {
    NativeRuntime.load();
    return this::take;
  }

  private ShardStates take(int index) {
    List<Tensor> made = new ArrayList<>();
    try {
      MicroShard shard = stored.read(index, header -> room(header, made));
      return new ShardStates(shard, made.get(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static StateRows room(ShardHeader header, List<Tensor> made) {
    made.add(Tensors.zerosFloat(header.sequences(), header.positions(), header.hiddenSize()));
    return new TensorRows(made.get(0));
  }
}

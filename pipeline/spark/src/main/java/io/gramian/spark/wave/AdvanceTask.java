package io.gramian.spark.wave;

import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.bytedeco.pytorch.Tensor;

/**
 * Moves a partition's shards through consecutive blocks.
 *
 * @param units counts finished (shard, block) pairs
 */
record AdvanceTask(
    List<ResidualBlock> blocks, Broadcast<SharedWeights> weights, LongAccumulator units)
    implements FlatMapFunction<Iterator<HiddenShard>, HiddenShard> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<HiddenShard> call(Iterator<HiddenShard> shards) {
    Weights loaded = weights.value().acquire();
    List<BlockForward> forwards =
        blocks.stream().map(block -> new BlockForward(block, loaded)).toList();
    return Iterators.stream(shards).map(shard -> advance(forwards, shard)).iterator();
  }

  private HiddenShard advance(List<BlockForward> forwards, HiddenShard hidden) {
    float[] next = Scopes.compute(() -> Tensors.floats(advance(forwards, hidden.tensor())));
    return new HiddenShard(hidden.shard(), next);
  }

  private Tensor advance(List<BlockForward> forwards, Tensor input) {
    Tensor x = input;
    for (BlockForward forward : forwards) {
      Tensor y = forward.apply(x, SiteRecorder.NONE);
      x.close();
      x = y;
      units.add(1);
    }
    return x;
  }
}

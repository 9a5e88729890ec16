package io.gramian.spark.wave;

import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ResidualBlock;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * Moves a partition's shards through one block.
 *
 * @param units counts shards
 */
record AdvanceTask(ResidualBlock block, Broadcast<SharedWeights> weights, LongAccumulator units)
    implements FlatMapFunction<Iterator<HiddenShard>, HiddenShard> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<HiddenShard> call(Iterator<HiddenShard> shards) {
    BlockForward forward = new BlockForward(block, weights.value().acquire());
    return Iterators.stream(shards).map(shard -> advance(forward, shard)).iterator();
  }

  private HiddenShard advance(BlockForward forward, HiddenShard hidden) {
    float[] next =
        Scopes.compute(() -> Tensors.floats(forward.apply(hidden.tensor(), SiteRecorder.NONE)));
    units.add(1);
    return new HiddenShard(hidden.shard(), next);
  }
}

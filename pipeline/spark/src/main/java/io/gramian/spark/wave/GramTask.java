package io.gramian.spark.wave;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.Weights;
import io.gramian.spark.hidden.MicroShard;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.bytedeco.javacpp.PointerScope;
import scala.Tuple2;

/**
 * A partition's share of the Gram matrix of what some maps read.
 *
 * @param units counts shards
 */
record GramTask(
    ProjectionInput input, InputPass pass, Broadcast<SharedWeights> weights, LongAccumulator units)
    implements PairFlatMapFunction<Iterator<HiddenShard>, TileKey, Tile> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<Tuple2<TileKey, Tile>> call(Iterator<HiddenShard> shards) {
    Weights loaded = weights.value().acquire();
    BlockStatistics sums = BlockStatistics.ofInputs(List.of(input));
    shards.forEachRemaining(
        hidden -> {
          MicroShard shard = hidden.shard();
          TokenMask mask = new TokenMask(shard.lengths(), shard.positions());
          try (PointerScope scope = new PointerScope()) {
            pass.run(loaded, hidden.tensor(), sums.recorder(mask));
          }
          units.add(1);
        });
    return sums.tiles().entrySet().stream()
        .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
        .iterator();
  }
}

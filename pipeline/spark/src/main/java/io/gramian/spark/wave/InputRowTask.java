package io.gramian.spark.wave;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.InputRows;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.Weights;
import io.gramian.spark.hidden.MicroShard;
import java.util.Iterator;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.bytedeco.javacpp.PointerScope;

/** What some maps read of a partition's shards, a row a token; one shard's at a time. */
record InputRowTask(Site site, InputPass pass, Broadcast<SharedWeights> weights)
    implements FlatMapFunction<Iterator<HiddenShard>, float[]> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<float[]> call(Iterator<HiddenShard> shards) {
    Weights loaded = weights.value().acquire();
    return Iterators.stream(shards).flatMap(shard -> rows(loaded, shard)).iterator();
  }

  private Stream<float[]> rows(Weights loaded, HiddenShard hidden) {
    MicroShard shard = hidden.shard();
    InputRows rows = new InputRows(site, new TokenMask(shard.lengths(), shard.positions()));
    try (PointerScope scope = new PointerScope()) {
      pass.run(loaded, hidden.tensor(), rows);
    }
    return rows.rows().stream();
  }
}

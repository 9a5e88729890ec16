package io.gramian.spark.wave;

import io.gramian.compress.forward.Embedding;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.hidden.MicroShard;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

/** Looks the tokens of micro-shards up in the embedding. */
record EmbedTask(DecoderSpec spec, Broadcast<SharedWeights> weights)
    implements FlatMapFunction<Iterator<MicroShard>, HiddenShard> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<HiddenShard> call(Iterator<MicroShard> shards) {
    Embedding embedding = new Embedding(spec, weights.value().acquire());
    return Iterators.stream(shards).map(shard -> embed(embedding, shard)).iterator();
  }

  private static HiddenShard embed(Embedding embedding, MicroShard shard) {
    float[] hidden =
        Scopes.compute(
            () ->
                Tensors.floats(embedding.apply(shard.ids(), shard.sequences(), shard.positions())));
    return new HiddenShard(shard, hidden);
  }
}

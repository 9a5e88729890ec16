package io.gramian.spark.wave;

import io.gramian.compress.forward.Embedding;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.hidden.MicroShard;
import org.apache.spark.broadcast.Broadcast;

/** Tokens looked up in the embedding: what the first block reads. */
record EmbeddedInput(DecoderSpec spec, Broadcast<SharedWeights> weights)
    implements WaveInput<MicroShard> {

  private static final long serialVersionUID = 1L;

  @Override
  public Source<MicroShard> begin() {
    Embedding embedding = new Embedding(spec, weights.value().acquire());
    return shard ->
        new ShardStates(shard, embedding.apply(shard.ids(), shard.sequences(), shard.positions()));
  }
}

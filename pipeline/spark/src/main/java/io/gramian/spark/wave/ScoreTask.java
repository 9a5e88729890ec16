package io.gramian.spark.wave;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.evaluate.NextTokenScorer;
import io.gramian.compress.forward.Head;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.hidden.MicroShard;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Scores a partition's shards with the final norm and head; one sum a partition. */
record ScoreTask(DecoderSpec spec, Broadcast<SharedWeights> weights)
    implements FlatMapFunction<Iterator<HiddenShard>, NextTokenScore> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<NextTokenScore> call(Iterator<HiddenShard> shards) {
    NextTokenScorer scorer = new NextTokenScorer(new Head(spec, weights.value().acquire()));
    NextTokenScore sum = new NextTokenScore();
    try {
      shards.forEachRemaining(shard -> score(scorer, shard, sum));
    } catch (ArithmeticException e) {
      throw overflow(e);
    }
    return List.of(sum).iterator();
  }

  static UserException overflow(ArithmeticException e) {
    return new UserException(
        "the logits overflow ("
            + e.getMessage()
            + "): the checkpoint is damaged or its training diverged",
        e);
  }

  private static void score(NextTokenScorer scorer, HiddenShard hidden, NextTokenScore sum) {
    MicroShard shard = hidden.shard();
    try (PointerScope scope = new PointerScope()) {
      Tensor states = hidden.tensor();
      for (int row = 0; row < shard.sequences(); row++) {
        sum.merge(scorer.score(states.select(0, row), shard.row(row), shard.lengths()[row]));
      }
    }
  }
}

package io.gramian.spark.wave;

import io.gramian.compress.evaluate.ContinuationScorer;
import io.gramian.compress.forward.Head;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.hidden.MicroShard;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import scala.Tuple2;

/**
 * Log-likelihoods of the ends of a partition's sequences, by sequence number.
 *
 * @param firstScored by sequence, the first position that counts
 * @param perShard sequences of a shard: the first of shard {@code i} is {@code i * perShard}
 */
record ContinuationTask(
    DecoderSpec spec, Broadcast<SharedWeights> weights, Broadcast<int[]> firstScored, int perShard)
    implements PairFlatMapFunction<Iterator<HiddenShard>, Integer, Double> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<Tuple2<Integer, Double>> call(Iterator<HiddenShard> shards) {
    ContinuationScorer scorer = new ContinuationScorer(new Head(spec, weights.value().acquire()));
    List<Tuple2<Integer, Double>> scores = new ArrayList<>();
    try {
      shards.forEachRemaining(shard -> score(scorer, shard, scores));
    } catch (ArithmeticException e) {
      throw ScoreTask.overflow(e);
    }
    return scores.iterator();
  }

  private void score(
      ContinuationScorer scorer, HiddenShard hidden, List<Tuple2<Integer, Double>> scores) {
    MicroShard shard = hidden.shard();
    try (PointerScope scope = new PointerScope()) {
      Tensor states = hidden.tensor();
      for (int row = 0; row < shard.sequences(); row++) {
        int sequence = shard.index() * perShard + row;
        int[] tokens = java.util.Arrays.copyOf(shard.row(row), shard.lengths()[row]);
        double score =
            scorer.logLikelihood(states.select(0, row), tokens, firstScored.value()[sequence]);
        scores.add(new Tuple2<>(sequence, score));
      }
    }
  }
}

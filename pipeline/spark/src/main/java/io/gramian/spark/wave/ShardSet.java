package io.gramian.spark.wave;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.tokenize.CalibrationSequence;
import io.gramian.spark.tokenize.CalibrationSet;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * A calibration set as micro-shards.
 *
 * @param rdd the shards, in no particular order
 * @param count how many
 * @param set where they come from
 */
public record ShardSet(JavaRDD<MicroShard> rdd, int count, CalibrationSet set) {

  /** Tasks a core gets: enough to even out slow ones, few enough to keep partial tiles rare. */
  private static final int TASKS_PER_CORE = 2;

  /**
   * Cuts a set into micro-shards of consecutive sequences. The cut depends on the set only; how the
   * shards are dealt out to partitions, on the cluster.
   */
  public static ShardSet of(CalibrationSet set, int parallelism) {
    int perShard = MicroShard.sequencesPerShard(set.longestSequence());
    int count = Math.toIntExact((set.sequences() + perShard - 1) / perShard);
    int partitions = Math.min(count, TASKS_PER_CORE * parallelism);
    JavaPairRDD<Integer, CalibrationSequence> keyed =
        set.sequencesInOrder().mapToPair(s -> new Tuple2<>(Math.toIntExact(s.id() / perShard), s));
    JavaRDD<MicroShard> shards =
        keyed
            .groupByKey(new EvenPartitioner(partitions, count))
            .map(entry -> shard(entry._1(), entry._2()));
    return new ShardSet(shards, count, set);
  }

  /** The first {@code shards} of them: a sample for a quick check. */
  public ShardSet first(int shards) {
    int kept = Math.min(count, shards);
    return new ShardSet(rdd.filter(s -> s.index() < kept), kept, set);
  }

  /** Tokens of the set's longest sequence: the nominal length {@code T}. */
  public int sequenceLength() {
    return set.longestSequence();
  }

  /** Real tokens of the set in all. */
  public long tokens() {
    return set.tokens();
  }

  /**
   * Checks that a model can look every token up.
   *
   * @throws UserException if the set holds an id beyond {@code vocabularySize}
   */
  void requireVocabulary(int vocabularySize) {
    if (set.largestToken() >= vocabularySize) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "calibration set %s holds token %d, but the model's vocabulary has %d tokens (0 to"
                  + " %d): tokenize the text with this model's tokenizer",
              set.path(),
              set.largestToken(),
              vocabularySize,
              vocabularySize - 1));
    }
  }

  private static MicroShard shard(int index, Iterable<CalibrationSequence> sequences) {
    List<int[]> rows =
        StreamSupport.stream(sequences.spliterator(), false)
            .sorted(Comparator.comparingLong(CalibrationSequence::id))
            .map(CalibrationSequence::tokens)
            .toList();
    return MicroShard.of(index, rows);
  }

  /** Deals {@code count} shards out evenly, neighbours together. */
  private static final class EvenPartitioner extends Partitioner implements Serializable {

    private static final long serialVersionUID = 1L;

    private final int partitions;
    private final int count;

    EvenPartitioner(int partitions, int count) {
      this.partitions = partitions;
      this.count = count;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object shard) {
      return (int) ((long) (Integer) shard * partitions / count);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof EvenPartitioner that
          && partitions == that.partitions
          && count == that.count;
    }

    @Override
    public int hashCode() {
      return 31 * partitions + count;
    }
  }
}

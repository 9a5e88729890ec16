package io.gramian.spark.wave;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.hidden.MicroShard;
import io.gramian.spark.tokenize.CalibrationSequence;
import io.gramian.spark.tokenize.CalibrationSet;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Token sequences as micro-shards.
 *
 * @param rdd the shards, in no particular order
 * @param count how many
 * @param contents what is in them
 */
public record ShardSet(JavaRDD<MicroShard> rdd, int count, Contents contents) {

  /**
   * What a set of sequences holds.
   *
   * @param name where they come from, for messages
   * @param sequences how many, numbered from 0
   * @param tokens in all
   * @param longest tokens of the longest
   * @param largestToken the largest id
   */
  public record Contents(String name, long sequences, long tokens, int longest, int largestToken)
      implements Serializable {

    /** Sequences that each shard but the last holds. */
    int perShard() {
      return MicroShard.sequencesPerShard(longest);
    }
  }

  /** Tasks a core gets: enough to even out slow ones, few enough to keep partial tiles rare. */
  private static final int TASKS_PER_CORE = 2;

  /**
   * Cuts a set into micro-shards of consecutive sequences. The cut depends on the set only; how the
   * shards are dealt out to partitions, on the cluster.
   */
  public static ShardSet of(CalibrationSet set, int parallelism) {
    Contents contents =
        new Contents(
            "calibration set " + set.path(),
            set.sequences(),
            set.tokens(),
            set.longestSequence(),
            set.largestToken());
    return of(set.sequencesInOrder(), contents, parallelism);
  }

  /** The same with sequences that are not on disk: numbered from 0, in any order. */
  public static ShardSet of(
      JavaRDD<CalibrationSequence> sequences, Contents contents, int parallelism) {
    int perShard = contents.perShard();
    int count = Math.toIntExact((contents.sequences() + perShard - 1) / perShard);
    int partitions = tasks(count, parallelism);
    JavaPairRDD<Integer, CalibrationSequence> keyed =
        sequences.mapToPair(s -> new Tuple2<>(Math.toIntExact(s.id() / perShard), s));
    JavaRDD<MicroShard> shards =
        keyed
            .groupByKey(new EvenPartitioner(partitions, count))
            .map(entry -> shard(entry._1(), (long) entry._1() * perShard, entry._2()));
    return new ShardSet(shards, count, contents);
  }

  /** Tasks of a pass over that many sequences, none longer than that. */
  public static int tasks(long sequences, int sequenceLength, int parallelism) {
    int perShard = MicroShard.sequencesPerShard(sequenceLength);
    return tasks(Math.toIntExact((sequences + perShard - 1) / perShard), parallelism);
  }

  private static int tasks(int shards, int parallelism) {
    return Math.min(shards, TASKS_PER_CORE * parallelism);
  }

  /**
   * The first {@code shards} of them: a sample for a quick check. Neighbours lie together, so they
   * are dealt out anew, or one task would do the work of all.
   */
  public ShardSet first(int shards) {
    int kept = Math.min(count, shards);
    int partitions = Math.min(kept, rdd.getNumPartitions());
    JavaRDD<MicroShard> first =
        rdd.filter(shard -> shard.index() < kept)
            .mapToPair(shard -> new Tuple2<>(shard.index(), shard))
            .partitionBy(new EvenPartitioner(partitions, kept))
            .values();
    return new ShardSet(first, kept, contents);
  }

  /** The indices of the shards, dealt out to as many partitions, neighbours together. */
  JavaRDD<Integer> indices(JavaSparkContext spark) {
    List<Integer> indices = IntStream.range(0, count).boxed().toList();
    return spark.parallelize(indices, Math.min(count, rdd.getNumPartitions()));
  }

  /** Tokens of the set's longest sequence: the nominal length {@code T}. */
  public int sequenceLength() {
    return contents.longest();
  }

  /** Real tokens of the set in all. */
  public long tokens() {
    return contents.tokens();
  }

  /**
   * Checks that a model can look every token up.
   *
   * @throws UserException if the set holds an id beyond {@code vocabularySize}
   */
  void requireVocabulary(int vocabularySize) {
    if (contents.largestToken() >= vocabularySize) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s holds token %d, but the model's vocabulary has %d tokens (0 to"
                  + " %d): tokenize the text with this model's tokenizer",
              contents.name(),
              contents.largestToken(),
              vocabularySize,
              vocabularySize - 1));
    }
  }

  private static MicroShard shard(
      int index, long firstSequence, Iterable<CalibrationSequence> sequences) {
    List<int[]> rows =
        StreamSupport.stream(sequences.spliterator(), false)
            .sorted(Comparator.comparingLong(CalibrationSequence::id))
            .map(CalibrationSequence::tokens)
            .toList();
    return MicroShard.of(index, firstSequence, rows);
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

package io.gramian.spark.wave;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Moves micro-shards through a checkpoint's blocks, wave by wave.
 *
 * <p>Between waves the hidden states are kept by Spark (in memory, else on disk) on the executor
 * that computed them, and those of the wave before are released. A lost executor's states are
 * computed again from the tokens.
 */
public final class DecoderWalk {

  private final JavaSparkContext spark;
  private final HadoopDirectory model;
  private final DecoderWeights weights;
  private final DecoderSpec spec;
  private final List<BlockWave> waves;

  /**
   * Plans a walk.
   *
   * @param model folder of the checkpoint
   * @param spec its decoder
   * @param waveBytes weights that a process may hold at a time, F32
   */
  public DecoderWalk(
      JavaSparkContext spark, HadoopDirectory model, DecoderSpec spec, long waveBytes) {
    this(spark, model, new TransformedWeights(spec, BlockTransform.IDENTITY), waveBytes);
  }

  /** Plans a walk through weights that come in another way than tensor by tensor. */
  public DecoderWalk(
      JavaSparkContext spark, HadoopDirectory model, DecoderWeights weights, long waveBytes) {
    this(spark, model, weights, WavePlan.of(weights.spec(), waveBytes));
  }

  private DecoderWalk(
      JavaSparkContext spark,
      HadoopDirectory model,
      DecoderWeights weights,
      List<BlockWave> waves) {
    this.spark = spark;
    this.model = model;
    this.weights = weights;
    this.spec = weights.spec();
    this.waves = waves;
  }

  /**
   * The same walk through blocks that executors change after reading them: of a walk through
   * tensors as they are.
   */
  public DecoderWalk transformed(BlockTransform change) {
    TransformedWeights changed = new TransformedWeights(spec, change);
    List<BlockWave> described = waves.stream().map(wave -> wave.described(change)).toList();
    return new DecoderWalk(spark, model, changed, described);
  }

  /** What to do with the reduced tiles of one wave. */
  @FunctionalInterface
  public interface TileConsumer {
    /**
     * Runs the job that computes a wave.
     *
     * @param keys the statistics of the wave's blocks
     * @param partials every task's share of every tile
     */
    void accept(List<StatisticKey> keys, JavaPairRDD<TileKey, Tile> partials);
  }

  /** Units of work a pass over {@code shards} counts: one a block and shard. */
  public long units(ShardSet shards) {
    return (long) spec.blocks().size() * shards.count();
  }

  /**
   * Computes the statistics of every block; the consumer is called once a wave, in order.
   *
   * @throws UserException if a token is not in the vocabulary, or an activation overflows
   */
  public void calibrate(ShardSet shards, LongAccumulator units, TileConsumer consumer) {
    shards.requireVocabulary(spec.vocabularySize());
    JavaRDD<HiddenShard> hidden = embed(shards);
    JavaRDD<WaveRecord> previous = null;
    for (BlockWave wave : waves) {
      boolean last = wave.index() == waves.size() - 1;
      JavaRDD<WaveRecord> records =
          hidden.mapPartitions(
              new WaveTask(
                  wave,
                  shared(weights.blocks(wave.blocks())),
                  last ? Emission.STATISTICS : Emission.BOTH,
                  units));
      if (!last) {
        records.persist(StorageLevel.MEMORY_AND_DISK());
      }
      JavaPairRDD<TileKey, Tile> partials = tiles(records);
      UserFailure.unwrapped(
          () -> {
            consumer.accept(wave.statistics(), partials);
            return wave;
          });
      release(previous);
      previous = last ? null : records;
      hidden = hiddenStates(records);
    }
    release(previous);
  }

  /**
   * Scores next-token predictions after the last block.
   *
   * @throws UserException if a token is not in the vocabulary, or a logit overflows
   */
  public NextTokenScore score(ShardSet shards, LongAccumulator units) {
    Broadcast<SharedWeights> head = head();
    return afterLastBlock(
        shards,
        units,
        hidden -> hidden.mapPartitions(new ScoreTask(spec, head)).reduce(NextTokenScore::merge));
  }

  /**
   * The log-likelihood, in nats, of the end of every sequence given its beginning.
   *
   * @param firstScored by sequence, the position of the first token that counts, at least 1
   * @return by sequence
   * @throws UserException if a token is not in the vocabulary, or a logit overflows
   */
  public double[] logLikelihoods(ShardSet shards, int[] firstScored, LongAccumulator units) {
    Broadcast<SharedWeights> head = head();
    Broadcast<int[]> first = spark.broadcast(firstScored);
    ContinuationTask task = new ContinuationTask(spec, head, first, shards.contents().perShard());
    double[] all = new double[firstScored.length];
    afterLastBlock(shards, units, hidden -> hidden.mapPartitionsToPair(task).collect())
        .forEach(entry -> all[entry._1()] = entry._2());
    return all;
  }

  private Broadcast<SharedWeights> head() {
    return shared(weights.head());
  }

  private <T> T afterLastBlock(
      ShardSet shards, LongAccumulator units, Function<JavaRDD<HiddenShard>, T> action) {
    shards.requireVocabulary(spec.vocabularySize());
    JavaRDD<HiddenShard> hidden = embed(shards);
    JavaRDD<WaveRecord> previous = null;
    for (BlockWave wave : waves) {
      JavaRDD<WaveRecord> records =
          hidden.mapPartitions(
              new WaveTask(
                  wave, shared(weights.blocks(wave.blocks())), Emission.HIDDEN_STATES, units));
      hidden = hiddenStates(records);
      if (wave.index() < waves.size() - 1) {
        records.persist(StorageLevel.MEMORY_AND_DISK());
        // An action, so that no task ever holds the weights of two waves.
        UserFailure.unwrapped(records::count);
        release(previous);
        previous = records;
      }
    }
    JavaRDD<HiddenShard> last = hidden;
    T result = UserFailure.unwrapped(() -> action.apply(last));
    release(previous);
    return result;
  }

  private JavaRDD<HiddenShard> embed(ShardSet shards) {
    return shards.rdd().mapPartitions(new EmbedTask(spec, shared(weights.embedding())));
  }

  private Broadcast<SharedWeights> shared(WeightSource source) {
    return spark.broadcast(new SharedWeights(model, source));
  }

  private static JavaRDD<HiddenShard> hiddenStates(JavaRDD<WaveRecord> records) {
    return records.filter(HiddenShard.class::isInstance).map(HiddenShard.class::cast);
  }

  private static JavaPairRDD<TileKey, Tile> tiles(JavaRDD<WaveRecord> records) {
    return records
        .filter(PartialTile.class::isInstance)
        .map(PartialTile.class::cast)
        .mapToPair(partial -> new Tuple2<>(partial.key(), partial.tile()));
  }

  private static void release(JavaRDD<WaveRecord> records) {
    if (records != null) {
      records.unpersist(false);
    }
  }
}

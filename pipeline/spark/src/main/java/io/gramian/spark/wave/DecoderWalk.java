package io.gramian.spark.wave;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.hidden.MicroShard;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;

/**
 * Moves micro-shards through a checkpoint's blocks, wave by wave.
 *
 * <p>A calibration, which takes long, stores the hidden states between waves as files: a lost
 * executor's are read again, and a lost driver's successor goes on behind the last wave. For the
 * short passes of an evaluation Spark keeps them (in memory, else on disk) on the executor that
 * computed them, releases those of the wave before, and computes a lost executor's again from the
 * tokens.
 */
public final class DecoderWalk {

  private final JavaSparkContext spark;
  private final HadoopDirectory model;
  private final DecoderWeights weights;
  private final DecoderSpec spec;
  private final List<BlockWave> waves;
  private final WaveLimits limits;
  private final StatisticsChoice choice;

  /**
   * Plans a walk.
   *
   * @param model folder of the checkpoint
   * @param spec its decoder
   * @param limits what an executor may hold at a time
   */
  public DecoderWalk(
      JavaSparkContext spark, HadoopDirectory model, DecoderSpec spec, WaveLimits limits) {
    this(spark, model, new TransformedWeights(spec, BlockTransform.IDENTITY), limits);
  }

  /** Plans a walk through weights that come in another way than tensor by tensor. */
  public DecoderWalk(
      JavaSparkContext spark, HadoopDirectory model, DecoderWeights weights, WaveLimits limits) {
    this.spark = spark;
    this.model = model;
    this.weights = weights;
    this.spec = weights.spec();
    this.waves = WavePlan.of(spec, limits);
    this.limits = limits;
    this.choice = StatisticsChoice.ALL;
  }

  private DecoderWalk(DecoderWalk walk, StatisticsChoice choice) {
    this.spark = walk.spark;
    this.model = walk.model;
    this.weights = walk.weights;
    this.spec = walk.spec;
    this.limits = walk.limits;
    this.waves = WavePlan.of(spec.blocks(), limits, choice);
    this.choice = choice;
  }

  private DecoderWalk(DecoderWalk walk, DecoderWeights weights, List<BlockWave> waves) {
    this.spark = walk.spark;
    this.model = walk.model;
    this.weights = weights;
    this.spec = weights.spec();
    this.waves = waves;
    this.limits = walk.limits;
    this.choice = walk.choice;
  }

  /** The same walk, whose {@link #calibrate} sums other statistics than all. */
  public DecoderWalk summing(StatisticsChoice other) {
    return new DecoderWalk(this, other);
  }

  /**
   * The same walk through blocks that executors change after reading them: of a walk through
   * tensors as they are.
   */
  public DecoderWalk transformed(BlockTransform change) {
    TransformedWeights changed = new TransformedWeights(spec, change);
    List<BlockWave> described = waves.stream().map(wave -> wave.described(change)).toList();
    return new DecoderWalk(this, changed, described);
  }

  /** Units of work a pass over {@code shards} counts: one a block and shard. */
  public long units(ShardSet shards) {
    return (long) spec.blocks().size() * shards.count();
  }

  /**
   * Computes the chosen statistics of the blocks from the route's first on; the runner is called
   * once a wave, in order. What a wave reads is stored, so nothing of an earlier wave is computed
   * again.
   *
   * @throws UserException if a token is not in the vocabulary, stored states are damaged, or an
   *     activation overflows
   */
  public void calibrate(
      ShardSet shards, CalibrationRoute route, LongAccumulator units, WaveJob.Runner runner) {
    shards.requireVocabulary(spec.vocabularySize());
    for (BlockWave wave : wavesFrom(route.firstBlock())) {
      JavaPairRDD<TileKey, Tile> partials = partials(wave, shards, route, units);
      WaveJob job = new WaveJob(wave.firstBlock(), wave.endBlock(), wave.statistics(), partials);
      UserFailure.unwrapped(
          () -> {
            runner.run(job);
            return job;
          });
    }
  }

  /** As planned, unless a walk with other memory has come to the middle of a wave. */
  private List<BlockWave> wavesFrom(int block) {
    List<BlockWave> left = waves.stream().filter(wave -> wave.firstBlock() >= block).toList();
    boolean planned = !left.isEmpty() && left.get(0).firstBlock() == block;
    int blocks = spec.blocks().size();
    return planned ? left : WavePlan.of(spec.blocks().subList(block, blocks), limits, choice);
  }

  private JavaPairRDD<TileKey, Tile> partials(
      BlockWave wave, ShardSet shards, CalibrationRoute route, LongAccumulator units) {
    Broadcast<SharedWeights> loaded = shared(weights.blocks(wave.blocks()));
    WaveOutput output = output(wave, route);
    if (wave.firstBlock() == 0) {
      EmbeddedInput input = new EmbeddedInput(spec, shared(weights.embedding()));
      WaveTask.Ends<MicroShard> ends = new WaveTask.Ends<>(input, output);
      return shards.rdd().mapPartitionsToPair(new WaveTask<>(wave, loaded, ends, units));
    }
    StoredInput input = new StoredInput(route.before(wave.firstBlock()));
    WaveTask.Ends<Integer> ends = new WaveTask.Ends<>(input, output);
    return shards.indices(spark).mapPartitionsToPair(new WaveTask<>(wave, loaded, ends, units));
  }

  private WaveOutput output(BlockWave wave, CalibrationRoute route) {
    boolean last = wave.endBlock() == spec.blocks().size();
    return last && route.kept() == KeptStates.BETWEEN_WAVES
        ? new WaveOutput.Dropped()
        : new WaveOutput.Stored(route.before(wave.endBlock()));
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
    JavaRDD<HiddenShard> previous = hidden;
    for (BlockWave wave : waves) {
      Broadcast<SharedWeights> loaded = shared(weights.blocks(wave.blocks()));
      JavaRDD<HiddenShard> next =
          hidden.mapPartitions(new AdvanceTask(wave.blocks(), loaded, units));
      if (wave.endBlock() < spec.blocks().size()) {
        next.persist(StorageLevel.MEMORY_AND_DISK());
        // An action, so that no task ever holds the weights of two waves.
        UserFailure.unwrapped(next::count);
        previous.unpersist(false);
        previous = next;
      }
      hidden = next;
    }
    JavaRDD<HiddenShard> last = hidden;
    T result = UserFailure.unwrapped(() -> action.apply(last));
    previous.unpersist(false);
    return result;
  }

  private JavaRDD<HiddenShard> embed(ShardSet shards) {
    return shards.rdd().mapPartitions(new EmbedTask(spec, shared(weights.embedding())));
  }

  private Broadcast<SharedWeights> shared(WeightSource source) {
    return spark.broadcast(new SharedWeights(model, source));
  }
}

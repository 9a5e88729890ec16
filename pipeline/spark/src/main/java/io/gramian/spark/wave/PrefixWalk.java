package io.gramian.spark.wave;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;

/**
 * Moves micro-shards through a decoder that is being made: block by block, each as soon as its
 * weights are decided.
 *
 * <p>The hidden states stand before one block at a time; Spark keeps them on the executors that
 * computed them (in memory, else on disk) and releases them when those after the block are there. A
 * process holds the weights of one block. A lost executor's states are computed again, from the
 * last ones that were written out: every eight blocks they are, into Spark's checkpoint folder, and
 * the lineage ends there.
 */
public final class PrefixWalk implements AutoCloseable {

  private static final int BLOCKS_PER_CHECKPOINT = 8;

  private final JavaSparkContext spark;
  private final HadoopDirectory model;
  private final LongAccumulator units;
  private final Deque<String> checkpoints = new ArrayDeque<>();
  private JavaRDD<HiddenShard> hidden;
  private JavaRDD<HiddenShard> behind;
  private int blocks;

  private PrefixWalk(JavaSparkContext spark, HadoopDirectory model, LongAccumulator units) {
    this.spark = spark;
    this.model = model;
    this.units = units;
  }

  /**
   * Where a walk goes.
   *
   * @param model folder that the weights are read from
   * @param spec the decoder
   * @param embedding its table
   * @param scratch folder for what has to outlive an executor; the caller deletes it
   */
  public record Route(
      HadoopDirectory model, DecoderSpec spec, WeightSource embedding, HadoopDirectory scratch) {}

  /**
   * Looks the tokens up, and stands before the first block.
   *
   * @param units counts a shard for each pass and each block
   * @throws io.gramian.checkpoint.UserException if a token is not in the vocabulary
   */
  public static PrefixWalk start(
      JavaSparkContext spark, Route route, ShardSet shards, LongAccumulator units) {
    shards.requireVocabulary(route.spec().vocabularySize());
    spark.setCheckpointDir(route.scratch().path().toString());
    PrefixWalk walk = new PrefixWalk(spark, route.model(), units);
    EmbedTask embed = new EmbedTask(route.spec(), walk.shared(route.embedding()));
    walk.hidden = kept(shards.rdd().mapPartitions(embed));
    return walk;
  }

  /** Units of work that a walk over {@code shards} counts with that many passes and blocks. */
  public static long units(ShardSet shards, long passes, long blocks) {
    return shards.count() * (passes + blocks);
  }

  /**
   * Sums up what linear maps read of the hidden states here.
   *
   * @param weights what the pass needs
   * @param reduction runs the job: from every task's share of every tile
   * @throws io.gramian.checkpoint.UserException if an activation overflows
   */
  public <T> T inputs(
      ProjectionInput input,
      InputPass pass,
      WeightSource weights,
      Function<JavaPairRDD<TileKey, Tile>, T> reduction) {
    GramTask task = new GramTask(input, pass, shared(weights), units);
    T result = UserFailure.unwrapped(() -> reduction.apply(hidden.mapPartitionsToPair(task)));
    releaseBehind();
    return result;
  }

  /**
   * Shows what linear maps read of the hidden states here, a row {@code [n]} a token. Nothing of it
   * is kept: every job over the rows computes the pass anew and reads its weights again.
   *
   * @param site what they read
   * @param weights what the pass needs
   * @param work runs one or more jobs
   */
  public <T> T rows(
      Site site, InputPass pass, WeightSource weights, Function<JavaRDD<float[]>, T> work) {
    InputRowTask task = new InputRowTask(site, pass, shared(weights));
    T result = UserFailure.unwrapped(() -> work.apply(hidden.mapPartitions(task)));
    releaseBehind();
    return result;
  }

  /** Moves on to the other side of a block. */
  public void advance(ResidualBlock block, WeightSource weights) {
    if (behind != null) {
      // Nobody has looked at the states here: were they left to the next job, its tasks would hold
      // two blocks.
      UserFailure.unwrapped(hidden::count);
      releaseBehind();
    }
    behind = hidden;
    hidden = kept(behind.mapPartitions(new AdvanceTask(List.of(block), shared(weights), units)));
    blocks++;
    if (blocks % BLOCKS_PER_CHECKPOINT == 0) {
      hidden.checkpoint();
    }
  }

  private static JavaRDD<HiddenShard> kept(JavaRDD<HiddenShard> states) {
    return states.persist(StorageLevel.MEMORY_AND_DISK());
  }

  private Broadcast<SharedWeights> shared(WeightSource source) {
    return spark.broadcast(new SharedWeights(model, source));
  }

  private void releaseBehind() {
    if (behind != null) {
      behind.unpersist(false);
      behind = null;
      deleteFormerCheckpoint();
    }
  }

  /** States that were written out stand for all before them. */
  private void deleteFormerCheckpoint() {
    if (!hidden.isCheckpointed()) {
      return;
    }
    checkpoints.add(hidden.getCheckpointFile().get());
    if (checkpoints.size() > 1) {
      Path former = new Path(checkpoints.remove());
      try {
        former.getFileSystem(spark.hadoopConfiguration()).delete(former, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Releases the hidden states. */
  @Override
  public void close() {
    releaseBehind();
    hidden.unpersist(false);
  }
}

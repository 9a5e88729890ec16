package io.gramian.spark.leverage;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.Site;
import io.gramian.compress.sort.LeverageEstimate;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.InputPass;
import io.gramian.spark.wave.PrefixWalk;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WeightSource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Estimates for the channels of every MLP of a decoder, in one walk through its blocks.
 *
 * <p>Hidden states are kept before one block at a time; every pass over an MLP computes its inner
 * activations from them again, and reads its weights again. A process holds the weights of one
 * block and the activations of one micro-shard.
 */
public final class MlpLeverage {

  private final JavaSparkContext spark;
  private final ProgressListener progress;
  private final DecoderSpec spec;
  private final int rank;

  /**
   * Checks every MLP before anything runs.
   *
   * @param progress is told how many passes a block has taken
   * @param spec the decoder
   * @param rank singular values to find for each MLP
   * @throws UserException if an MLP has too few channels for that many, or there is none
   */
  public MlpLeverage(
      JavaSparkContext spark, ProgressListener progress, DecoderSpec spec, int rank) {
    this.spark = spark;
    this.progress = progress;
    this.spec = spec;
    this.rank = rank;
    if (spec.blocks().stream().noneMatch(MlpLeverage::isMlp)) {
      throw new UserException(
          "the model has no MLP, so there are no singular values to find: leave"
              + " --mlp-singular-values out");
    }
    spec.blocks().stream().filter(MlpLeverage::isMlp).forEach(this::plan);
  }

  private static boolean isMlp(ResidualBlock block) {
    return block.mixer() instanceof Mlp;
  }

  private MatrixFreeLeverage plan(ResidualBlock block) {
    return named(
        block, () -> new MatrixFreeLeverage(((Mlp) block.mixer()).intermediateSize(), rank));
  }

  /** Says which block it is that something is wrong with. */
  private static <T> T named(ResidualBlock block, Supplier<T> work) {
    try {
      return work.get();
    } catch (UserException e) {
      throw new UserException(
          "block %d (layer %d): %s"
              .formatted(block.blockIndex(), block.layerIndex(), e.getMessage()),
          e);
    }
  }

  /** Units of work that {@link #run} counts: one a shard and block that it walks through. */
  public long units(ShardSet shards) {
    return PrefixWalk.units(shards, 0, walked().size() - 1L);
  }

  /** Nothing behind the last MLP is of interest. */
  private List<ResidualBlock> walked() {
    List<ResidualBlock> blocks = spec.blocks();
    int last = -1;
    for (int i = 0; i < blocks.size(); i++) {
      last = isMlp(blocks.get(i)) ? i : last;
    }
    return blocks.subList(0, last + 1);
  }

  /**
   * Walks.
   *
   * @param model folder of the checkpoint
   * @param scratch folder for what has to outlive an executor; the caller deletes it
   * @return by block
   * @throws UserException if a token is not in the vocabulary, an activation overflows, or none of
   *     an MLP differs from zero
   */
  public SortedMap<Integer, LeverageEstimate> run(
      HadoopDirectory model, ShardSet shards, HadoopDirectory scratch, LongAccumulator units) {
    SortedMap<Integer, LeverageEstimate> estimates = new TreeMap<>();
    List<ResidualBlock> blocks = walked();
    PrefixWalk.Route route =
        new PrefixWalk.Route(
            model, spec, new WeightSource.Tensors(List.of(spec.embeddingTensor())), scratch);
    try (PrefixWalk walk = PrefixWalk.start(spark, route, shards, units)) {
      for (ResidualBlock block : blocks) {
        WeightSource weights = new WeightSource.Blocks(List.of(block), BlockTransform.IDENTITY);
        if (isMlp(block)) {
          estimates.put(block.blockIndex(), estimate(block, walk, weights, shards));
        }
        if (block.blockIndex() < blocks.size() - 1) {
          walk.advance(block, weights);
        }
      }
    }
    return estimates;
  }

  private LeverageEstimate estimate(
      ResidualBlock block, PrefixWalk walk, WeightSource weights, ShardSet shards) {
    MatrixFreeLeverage leverage = plan(block);
    String subject = "block %d of %d".formatted(block.blockIndex(), spec.blocks().size());
    try (PassCount passes = PassCount.start(spark, progress, subject)) {
      return walk.rows(
          Site.DOWN_INPUT,
          new InputPass.Block(block),
          weights,
          rows -> named(block, () -> leverage.of(rows, shards.sequenceLength())));
    }
  }
}

package io.gramian.spark.calibrate;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.TileReduction;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Computes the statistics of every block (algorithms.md section 1) over a calibration set.
 *
 * <p>Cost: one forward pass, and for each MLP {@code n^2} further operations a token. A task emits
 * its partial tiles once; the shuffle moves 16 bytes an element of every tile and task, and a
 * reducer holds one statistic at a time.
 */
public final class Calibrate {

  /** Name of the phase, and of its folder in a run. */
  public static final String PHASE = "calibrate";

  public static final String STATISTICS = "statistics";

  private final JavaSparkContext spark;
  private final ProgressListener progress;

  public Calibrate(JavaSparkContext spark, ProgressListener progress) {
    this.spark = spark;
    this.progress = progress;
  }

  /**
   * Writes one file a block and site into {@code output}.
   *
   * @return the file names, sorted
   * @throws UserException if an activation is not finite
   */
  public CalibrateResult run(
      DecoderSpec spec, DecoderWalk walk, ShardSet shards, HadoopDirectory output) {
    List<String> files = new ArrayList<>();
    try (JobPhase phase = JobPhase.begin(spark, PHASE, spec.blocks().size() + " blocks");
        TaskProgress blocks = TaskProgress.start(spark, progress, PHASE, walk.units(shards))) {
      walk.calibrate(
          shards,
          blocks.units(),
          (keys, partials) ->
              files.addAll(reduce(partials, keys, output, shards.sequenceLength())));
    }
    return new CalibrateResult(files.stream().sorted().toList(), shards.tokens());
  }

  private static List<String> reduce(
      JavaPairRDD<TileKey, Tile> partials,
      List<StatisticKey> keys,
      HadoopDirectory output,
      int sequenceLength) {
    return TileReduction.byStatistic(partials, keys)
        .mapPartitions(new WriteStatistics(output, sequenceLength))
        .collect();
  }
}

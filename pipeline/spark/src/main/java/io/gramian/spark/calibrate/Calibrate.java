package io.gramian.spark.calibrate;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.wave.CalibrationRoute;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.KeptStates;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.TileReduction;
import io.gramian.spark.wave.WaveJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Computes the statistics of every block (algorithms.md section 1) over a calibration set.
 *
 * <p>Cost: one forward pass, and for each MLP {@code n^2} further operations a token, unless the
 * walk leaves its Gram matrix out. A task emits its partial tiles once; the shuffle moves 16 bytes
 * an element of every tile and task, and a reducer holds one statistic at a time. Between waves
 * {@code 4 h + 16} bytes a token are written and read.
 *
 * <p>What a killed calibration has finished is not done again: see {@link UnfinishedCalibration}.
 */
public final class Calibrate {

  /** Name of the phase, and of its folder in a run. */
  public static final String PHASE = "calibrate";

  public static final String STATISTICS = "statistics";

  /** Folder of a run that keeps hidden states. */
  public static final String HIDDEN_STATES = "hidden-states";

  private final JavaSparkContext spark;
  private final ProgressListener progress;

  public Calibrate(JavaSparkContext spark, ProgressListener progress) {
    this.spark = spark;
    this.progress = progress;
  }

  /**
   * Writes one file a block and site into {@code statistics/} of the run, and hidden states into
   * {@code hidden-states/}, if they are kept. What was needed to go on after a loss stays until
   * {@link UnfinishedCalibration#clear}.
   *
   * @param walk through the model
   * @return the file names, sorted
   * @throws UserException if an activation is not finite
   */
  public CalibrateResult run(CalibrateRequest request, DecoderWalk walk, ShardSet shards)
      throws IOException {
    UnfinishedCalibration unfinished = new UnfinishedCalibration(request.run());
    unfinished.clearUnlessOf(request.recipe());
    try (JobPhase phase = JobPhase.begin(spark, PHASE, request.blocks() + " blocks")) {
      SoundWaves.Found found = new SoundWaves(spark, request, shards).find();
      unfinished.keepOnly(found.markers(), request);
      walk(request, found, walk, shards);
      List<WaveMarker> waves = unfinished.markers();
      unfinished.publish(request.kept());
      List<String> files = List.copyOf(UnfinishedCalibration.checksums(waves).keySet());
      return new CalibrateResult(files, shards.tokens());
    } finally {
      if (!unfinished.hasFinishedWaves()) {
        unfinished.clear();
      }
    }
  }

  private void walk(
      CalibrateRequest request, SoundWaves.Found found, DecoderWalk walk, ShardSet shards)
      throws IOException {
    int left = request.blocks() - found.nextBlock();
    if (left == 0) {
      return;
    }
    UnfinishedCalibration unfinished = new UnfinishedCalibration(request.run());
    CalibrationRoute route =
        new CalibrationRoute(unfinished.hiddenStates(), found.nextBlock(), request.kept());
    try (TaskProgress done =
        TaskProgress.start(spark, progress, PHASE, (long) left * shards.count())) {
      resumption(found, request.blocks()).ifPresent(progress::detail);
      walk.calibrate(shards, route, done.units(), wave -> run(wave, route, unfinished, shards));
    }
  }

  /** Where it goes on, for people, if it does not simply begin. */
  private static Optional<String> resumption(SoundWaves.Found found, int blocks) {
    if (found.markers().isEmpty() && found.damage().isEmpty()) {
      return Optional.empty();
    }
    String damage = found.damage().map(file -> file + " is missing or damaged: ").orElse("");
    return Optional.of(
        String.format(
            Locale.ROOT, "%sgoes on at block %d of %d", damage, found.nextBlock(), blocks));
  }

  private static void run(
      WaveJob wave, CalibrationRoute route, UnfinishedCalibration unfinished, ShardSet shards) {
    try {
      Map<String, String> written =
          TileReduction.byStatistic(wave.partials(), wave.statistics())
              .mapPartitionsToPair(
                  new WriteStatistics(unfinished.statistics(), shards.sequenceLength()))
              .collectAsMap();
      unfinished.add(new WaveMarker(wave.firstBlock(), wave.endBlock(), new TreeMap<>(written)));
      if (route.kept() == KeptStates.BETWEEN_WAVES) {
        route.before(wave.firstBlock()).delete();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.gramian.spark.evaluate;

import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import java.util.function.BiFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * A pass of sequences through a stage.
 *
 * @param limits what an executor may hold at a time
 */
record StageWalk(JavaSparkContext spark, ProgressListener progress, WaveLimits limits) {

  /**
   * What a pass gave.
   *
   * @param parameters elements of the stage's tensors before they were packed; a tied table counts
   *     once
   * @param bytes of all its tensors, in the types in which they are stored
   */
  record Outcome<T>(T value, long parameters, long bytes) {}

  /** Runs {@code pass} within a phase of its own. */
  <T> Outcome<T> run(
      Stage stage,
      String phaseName,
      ShardSet shards,
      BiFunction<DecoderWalk, LongAccumulator, T> pass)
      throws IOException {
    OpenStage open = OpenStage.of(stage);
    DecoderWalk walk = open.walk(spark, limits);
    try (JobPhase phase = JobPhase.begin(spark, phaseName, stage.folder().name());
        TaskProgress blocks =
            TaskProgress.start(spark, progress, phase.name(), walk.units(shards))) {
      T value = pass.apply(walk, blocks.units());
      return new Outcome<>(value, open.parameters(), open.bytes());
    }
  }
}

package io.gramian.spark.evaluate;

import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.DecoderSpec;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.rewrite.CheckpointLayout;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.function.BiFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * A pass of sequences through a stage.
 *
 * @param waveBytes weights that a process may hold at a time, F32
 */
record StageWalk(JavaSparkContext spark, ProgressListener progress, long waveBytes) {

  /**
   * What a pass gave.
   *
   * @param parameters elements of the stage's tensors; a tied table counts once
   * @param bytes of all its tensors, in the types of the checkpoint
   */
  record Outcome<T>(T value, long parameters, long bytes) {}

  /** Runs {@code pass} within a phase of its own. */
  <T> Outcome<T> run(
      Stage stage,
      String phaseName,
      ShardSet shards,
      BiFunction<DecoderWalk, LongAccumulator, T> pass)
      throws IOException {
    try (ModelCheckpoint model = ModelCheckpoint.open(stage.folder())) {
      model.validate();
      BlockTransform transform = stage.transform();
      DecoderSpec spec = model.spec();
      DecoderSpec narrow =
          spec.withBlocks(spec.blocks().stream().map(transform::describe).toList());
      DecoderWalk walk =
          new DecoderWalk(spark, stage.folder(), spec, waveBytes).transformed(transform);
      try (JobPhase phase = JobPhase.begin(spark, phaseName, stage.folder().name());
          TaskProgress blocks =
              TaskProgress.start(spark, progress, phase.name(), walk.units(shards))) {
        T value = pass.apply(walk, blocks.units());
        long bytes =
            CheckpointLayout.tensors(model, narrow).stream().mapToLong(TensorSpec::bytes).sum();
        return new Outcome<>(value, narrow.parameterCount(), bytes);
      }
    }
  }
}

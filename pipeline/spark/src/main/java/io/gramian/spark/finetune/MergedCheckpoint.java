package io.gramian.spark.finetune;

import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.rewrite.CheckpointFolder;
import io.gramian.spark.rewrite.CheckpointLayout;
import io.gramian.spark.rewrite.FileTask;
import io.gramian.spark.rewrite.TensorFile;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Writes {@code finetuned/}: the sorted checkpoint with adapters merged into its linear maps.
 * Names, shapes, types and {@code gramian.json} stay what they are, so that whatever reads the one
 * reads the other. One task writes one file and holds one block at a time.
 */
final class MergedCheckpoint {

  private static final String PHASE = "finetune: merge adapters";

  private final JavaSparkContext spark;
  private final ProgressListener progress;

  MergedCheckpoint(JavaSparkContext spark, ProgressListener progress) {
    this.spark = spark;
    this.progress = progress;
  }

  /** Writes the folder into {@code run}, replacing one that is there. */
  void write(HadoopDirectory source, HadoopDirectory run, StoredAdapters adapters)
      throws IOException {
    try (ModelCheckpoint sorted = ModelCheckpoint.open(source)) {
      CheckpointLayout layout =
          CheckpointLayout.of(sorted, sorted.spec(), CheckpointLayout.FILE_BYTES);
      GramianMetadata metadata =
          sorted.metadata().orElseGet(() -> new GramianMetadata(Map.of(), Map.of(), Map.of()));
      CheckpointFolder folder = new CheckpointFolder(source, run, Finetune.FINETUNED);
      TensorFile files = new TensorFile(source, folder.partial(), spark.broadcast(layout));
      List<Integer> indices = IntStream.range(0, layout.plan().shards().size()).boxed().toList();
      try (JobPhase phase = JobPhase.begin(spark, PHASE, run.name());
          TaskProgress done = TaskProgress.start(spark, progress, phase.name(), indices.size())) {
        FileTask task = new FileTask(files, adapters, done.units());
        folder.write(spark.parallelize(indices, indices.size()).map(task), layout.plan(), metadata);
      }
    }
  }
}

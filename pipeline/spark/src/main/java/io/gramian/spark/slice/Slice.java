package io.gramian.spark.slice;

import io.gramian.compress.width.SlicedBlock;
import io.gramian.model.DecoderSpec;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.rewrite.CheckpointFolder;
import io.gramian.spark.rewrite.CheckpointLayout;
import io.gramian.spark.rewrite.FileTask;
import io.gramian.spark.rewrite.TensorFile;
import io.gramian.spark.session.JobPhase;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Cuts a sorted checkpoint to a width. One task writes one file and reads only the blocks whose
 * tensors it holds, one at a time.
 *
 * <p>Tensors keep names and types; only the output bias that holds what dropped value biases
 * contribute is new. Where nothing is dropped the folder is that of the sorted checkpoint, byte for
 * byte.
 */
public final class Slice {

  /** Name of the phase. */
  public static final String PHASE = "slice";

  /** Folder of a run that holds its slices. */
  public static final String SLICED = "sliced";

  private final JavaSparkContext spark;
  private final ProgressListener progress;
  private final long fileBytes;

  /** Makes the verb. */
  public Slice(JavaSparkContext spark, ProgressListener progress) {
    this(spark, progress, CheckpointLayout.FILE_BYTES);
  }

  /** The same with smaller files, so that a test needs no large model. */
  Slice(JavaSparkContext spark, ProgressListener progress, long fileBytes) {
    this.spark = spark;
    this.progress = progress;
    this.fileBytes = fileBytes;
  }

  /**
   * Writes the slice.
   *
   * @throws io.gramian.checkpoint.UserException if the sorted folder holds no sound checkpoint
   */
  public SliceResult run(SliceRequest request) throws IOException {
    try (ModelCheckpoint sorted = ModelCheckpoint.open(request.sorted())) {
      sorted.validate();
      SlicedBlock transform = new SlicedBlock(request.widths());
      DecoderSpec spec = sorted.spec();
      DecoderSpec narrow =
          spec.withBlocks(spec.blocks().stream().map(transform::describe).toList());
      CheckpointLayout layout = CheckpointLayout.of(sorted, narrow, fileBytes);
      write(request, layout, transform, metadata(sorted, request));
      return new SliceResult(narrow.parameterCount(), layout.plan().bytes(), spec.parameterCount());
    }
  }

  private static GramianMetadata metadata(ModelCheckpoint sorted, SliceRequest request) {
    return sorted
        .metadata()
        .orElseGet(() -> new GramianMetadata(Map.of(), Map.of()))
        .sliced(sorted.spec(), request.widths());
  }

  private void write(
      SliceRequest request,
      CheckpointLayout layout,
      SlicedBlock transform,
      GramianMetadata metadata)
      throws IOException {
    int count = layout.plan().shards().size();
    try (JobPhase phase = JobPhase.begin(spark, PHASE, request.name());
        TaskProgress done = TaskProgress.start(spark, progress, phase.name(), count)) {
      CheckpointFolder folder =
          new CheckpointFolder(request.sorted(), request.parent(), request.name());
      TensorFile files =
          new TensorFile(request.sorted(), folder.partial(), spark.broadcast(layout));
      List<Integer> indices = IntStream.range(0, count).boxed().toList();
      JavaRDD<String> job =
          spark.parallelize(indices, count).map(new FileTask(files, transform, done.units()));
      folder.write(job, layout.plan(), metadata);
    }
  }
}

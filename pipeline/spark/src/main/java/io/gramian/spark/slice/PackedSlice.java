package io.gramian.spark.slice;

import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.packed.ArtifactTensors;
import io.gramian.spark.packed.PackedFolder;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Cuts a packed artifact to a width: prefixes of its bytes. No weight is quantised again; only the
 * output bias that holds what dropped value biases contribute is new.
 */
public final class PackedSlice {

  private final JavaSparkContext spark;
  private final ProgressListener progress;

  /** Makes the verb. */
  public PackedSlice(JavaSparkContext spark, ProgressListener progress) {
    this.spark = spark;
    this.progress = progress;
  }

  /**
   * Writes the slice, a packed artifact of its own.
   *
   * @param request its checkpoint is the artifact
   * @throws io.gramian.checkpoint.UserException if the folder holds no sound artifact, or a width
   *     keeps an odd number of columns
   */
  public void run(SliceRequest request) throws IOException {
    try (PackedCheckpoint artifact = PackedCheckpoint.open(request.sorted())) {
      artifact.validate();
      ArtifactTensors tensors = new ArtifactTensors(artifact.decoder(), request.widths());
      PackedDecoder narrow = tensors.decoder();
      GramianMetadata metadata =
          artifact
              .metadata()
              .sliced(artifact.decoder().spec(), request.widths())
              .packed(artifact.quantisation().cutTo(narrow));
      PackedFolder folder = new PackedFolder(spark, request.sorted(), narrow);
      try (JobPhase phase = JobPhase.begin(spark, Slice.PHASE, request.name());
          TaskProgress done = TaskProgress.start(spark, progress, phase.name(), folder.files())) {
        PackedFolder.Place place = new PackedFolder.Place(request.parent(), request.name());
        folder.write(tensors, metadata, place, done.units());
      }
    }
  }
}

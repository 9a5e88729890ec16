package io.gramian.spark.packed;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * Writes one file of an artifact and returns its name.
 *
 * @param units counts files
 */
record PackedFileTask(Broadcast<Job> job, LongAccumulator units)
    implements Function<PackedFile, String> {

  private static final long serialVersionUID = 1L;

  /** What Hugging Face's loaders look for. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  /**
   * What all tasks share.
   *
   * @param source folder of the checkpoint that the tensors are made from
   * @param output where the files go
   * @param decoder as it is to be written
   * @param tensors of {@code decoder}
   */
  record Job(
      HadoopDirectory source, HadoopDirectory output, PackedDecoder decoder, PackedTensors tensors)
      implements java.io.Serializable {

    private static final long serialVersionUID = 1L;
  }

  @Override
  public String call(PackedFile file) throws IOException {
    Job shared = job.value();
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    try (PendingFile pending = PendingFile.create(shared.output(), file.name(), attempt);
        Checkpoint checkpoint = Checkpoint.open(shared.source())) {
      write(file, pending, new PackedBytes(checkpoint, shared.decoder(), shared.tensors()));
      pending.commit();
    }
    units.add(1);
    return file.name();
  }

  private static void write(PackedFile file, PendingFile pending, PackedBytes bytes)
      throws IOException {
    try (SafetensorsWriter writer =
        new SafetensorsWriter(pending.stream(), METADATA, file.tensors())) {
      for (TensorSpec tensor : file.tensors()) {
        writer.append(bytes.of(tensor));
      }
    }
  }
}

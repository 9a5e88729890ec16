package io.gramian.spark.packed;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.spark.storage.DigestedStream;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Writes one file of an artifact and returns its name and SHA-256, taken on the way so that nothing
 * is read again.
 *
 * @param units counts files
 */
record PackedFileTask(Broadcast<Job> job, LongAccumulator units)
    implements PairFunction<PackedFile, String, String> {

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
  public Tuple2<String, String> call(PackedFile file) throws IOException {
    Job shared = job.value();
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    try (PendingFile pending = PendingFile.create(shared.output(), file.name(), attempt);
        Checkpoint checkpoint = Checkpoint.open(shared.source())) {
      DigestedStream digested = new DigestedStream(pending.stream());
      write(file, digested, new PackedBytes(checkpoint, shared.decoder(), shared.tensors()));
      pending.commit();
      units.add(1);
      return new Tuple2<>(file.name(), digested.sha256());
    }
  }

  private static void write(PackedFile file, OutputStream out, PackedBytes bytes)
      throws IOException {
    try (SafetensorsWriter writer = new SafetensorsWriter(out, METADATA, file.tensors())) {
      for (TensorSpec tensor : file.tensors()) {
        writer.append(bytes.of(tensor));
      }
    }
  }
}

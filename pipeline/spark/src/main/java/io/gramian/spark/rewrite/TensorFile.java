package io.gramian.spark.rewrite;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.width.BlockTransform;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The files of a changed checkpoint, as a task writes them.
 *
 * @param model folder of the original
 * @param output where the files go
 * @param layout what is in them
 */
public record TensorFile(
    HadoopDirectory model, HadoopDirectory output, Broadcast<CheckpointLayout> layout)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What Hugging Face's loaders look for. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  /**
   * Writes a file within a task; it appears when it is complete.
   *
   * @param index its number in the layout
   * @param transform changes the blocks whose tensors it holds
   * @return its name
   */
  public String write(int index, BlockTransform transform) throws IOException {
    NativeRuntime.load();
    CheckpointLayout.ShardFile file = layout.value().file(index);
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    try (PendingFile pending = PendingFile.create(output, file.name(), attempt);
        Checkpoint checkpoint = Checkpoint.open(model)) {
      write(file, pending, new BlockTensors(checkpoint, layout.value(), transform));
      pending.commit();
    }
    return file.name();
  }

  private static void write(
      CheckpointLayout.ShardFile file, PendingFile pending, BlockTensors tensors)
      throws IOException {
    try (tensors;
        SafetensorsWriter writer =
            new SafetensorsWriter(pending.stream(), METADATA, file.tensors())) {
      for (TensorSpec tensor : file.tensors()) {
        tensors.append(tensor, writer);
      }
    }
  }
}

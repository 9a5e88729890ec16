package io.gramian.spark.sort;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/** Writes one safetensors file of the sorted checkpoint and returns its name. */
record WriteFileTask(
    HadoopDirectory model,
    HadoopDirectory output,
    Broadcast<CheckpointLayout> layout,
    LongAccumulator units)
    implements Function<
        Tuple2<Integer, Tuple2<Iterable<Integer>, Iterable<BlockDecision>>>, String> {

  private static final long serialVersionUID = 1L;

  /** What Hugging Face's loaders look for. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  @Override
  public String call(Tuple2<Integer, Tuple2<Iterable<Integer>, Iterable<BlockDecision>>> entry)
      throws IOException {
    NativeRuntime.load();
    Map<Integer, BlockDecision> decisions = new HashMap<>();
    entry._2()._2().forEach(decision -> decisions.put(decision.blockIndex(), decision));
    CheckpointLayout.ShardFile file = layout.value().file(entry._1());
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    try (PendingFile pending = PendingFile.create(output, file.name(), attempt);
        Checkpoint checkpoint = Checkpoint.open(model)) {
      write(file, pending, new SortedTensors(checkpoint, layout.value(), decisions));
      pending.commit();
    }
    units.add(1);
    return file.name();
  }

  private static void write(
      CheckpointLayout.ShardFile file, PendingFile pending, SortedTensors tensors)
      throws IOException {
    try (tensors;
        SafetensorsWriter writer =
            new SafetensorsWriter(pending.stream(), METADATA, file.tensors())) {
      for (var tensor : file.tensors()) {
        tensors.append(tensor, writer);
      }
    }
  }
}

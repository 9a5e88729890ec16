package io.gramian.spark.finetune;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.finetune.TrainerState;
import io.gramian.model.TensorShape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A {@link TrainingCheckpoint} as one safetensors file: adapters and moments in F32, and the
 * history as two F64 matrices, a row a step and a row a check and width. The metadata say after how
 * many updates, and of which training.
 */
final class CheckpointFile {

  /** Metadata: of which training, digested. */
  static final String FINGERPRINT = "fingerprint";

  private static final String UPDATES = "updates";
  private static final String STEPS = "history.steps";
  private static final String CHECKS = "history.checks";

  /** Elements converted at a time. */
  private static final int CHUNK = 1 << 18;

  private CheckpointFile() {}

  /** Writes a checkpoint; closes {@code out}. */
  static void write(OutputStream out, String fingerprint, TrainingCheckpoint checkpoint)
      throws IOException {
    TrainerState state = checkpoint.state();
    double[][] steps = HistoryRows.ofSteps(checkpoint.history());
    double[][] checks = HistoryRows.ofChecks(checkpoint.history());
    List<TensorSpec> specs = new ArrayList<>();
    state.tensors().forEach(t -> specs.add(new TensorSpec(t.name(), DType.F32, t.shape())));
    specs.add(matrix(STEPS, steps.length, HistoryRows.STEP_COLUMNS));
    specs.add(matrix(CHECKS, checks.length, HistoryRows.CHECK_COLUMNS));
    Map<String, String> metadata =
        Map.of(FINGERPRINT, fingerprint, UPDATES, Long.toString(state.updates()));
    try (SafetensorsWriter writer = new SafetensorsWriter(out, metadata, specs)) {
      for (TensorShape tensor : state.tensors()) {
        append(writer, state.values(tensor.name()));
      }
      append(writer, steps);
      append(writer, checks);
    }
  }

  private static TensorSpec matrix(String name, long rows, long columns) {
    return new TensorSpec(name, DType.F64, List.of(rows, columns));
  }

  private static void append(SafetensorsWriter writer, FloatBuffer values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES);
    for (int at = 0; at < values.capacity(); at += CHUNK) {
      FloatBuffer part = values.duplicate().position(at);
      FloatCodec.encode(
          DType.F32, part.limit(Math.min(values.capacity(), at + CHUNK)), bytes.clear());
      writer.append(bytes.flip());
    }
  }

  private static void append(SafetensorsWriter writer, double[][] rows) throws IOException {
    for (double[] row : rows) {
      ByteBuffer bytes =
          ByteBuffer.allocate(row.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asDoubleBuffer().put(row);
      writer.append(bytes);
    }
  }

  /** Reads a checkpoint back, bit for bit. */
  static TrainingCheckpoint read(SafetensorsFile file) throws IOException {
    return new TrainingCheckpoint(state(file, name -> true), history(file));
  }

  /** Reads its history alone. */
  static TrainingHistory history(SafetensorsFile file) throws IOException {
    return HistoryRows.history(
        rows(file, STEPS, HistoryRows.STEP_COLUMNS), rows(file, CHECKS, HistoryRows.CHECK_COLUMNS));
  }

  /** Reads those of the state's tensors whose names are wanted. */
  static TrainerState state(SafetensorsFile file, Predicate<String> wanted) throws IOException {
    List<TensorShape> tensors = new ArrayList<>();
    Map<String, float[]> values = new HashMap<>();
    for (TensorInfo info : file.tensors()) {
      if (info.dtype() == DType.F32 && wanted.test(info.name())) {
        tensors.add(new TensorShape(info.name(), info.shape()));
        values.put(info.name(), floats(file, info));
      }
    }
    return TrainerState.of(Long.parseLong(file.metadata().get(UPDATES)), tensors, values);
  }

  private static float[] floats(SafetensorsFile file, TensorInfo info) throws IOException {
    float[] values = new float[Math.toIntExact(info.elements())];
    FloatBuffer target = FloatBuffer.wrap(values);
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES);
    while (target.hasRemaining()) {
      long at = (long) target.position() * Float.BYTES;
      bytes.clear().limit(Math.min(CHUNK, target.remaining()) * Float.BYTES);
      file.read(info, at, bytes);
      FloatCodec.decode(DType.F32, bytes.flip(), target);
    }
    return values;
  }

  private static double[][] rows(SafetensorsFile file, String name, int columns)
      throws IOException {
    TensorInfo info = file.info(name);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(info.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    file.read(info, 0, bytes);
    DoubleBuffer values = bytes.flip().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
    double[][] rows = new double[values.remaining() / columns][columns];
    for (double[] row : rows) {
      values.get(row);
    }
    return rows;
  }
}

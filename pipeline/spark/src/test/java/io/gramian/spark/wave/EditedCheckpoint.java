package io.gramian.spark.wave;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A checkpoint in one file, with a tensor scaled and tensors added. */
public final class EditedCheckpoint {

  private EditedCheckpoint() {}

  /** Writes the config of that name, with {@code tensor} multiplied by {@code factor}. */
  public static void scaled(Path folder, String config, String tensor, float factor)
      throws IOException {
    RandomCheckpoint.of(RandomConfigs.all().get(config), 5).write(LocalDirectory.of(folder));
    scale(folder, tensor, factor);
  }

  /** Multiplies {@code tensor} of the checkpoint that is there. */
  public static void scale(Path folder, String tensor, float factor) throws IOException {
    rewrite(folder, tensor, factor, List.of());
  }

  /** Writes the config of that name, with further tensors whose bytes count up. */
  public static void extended(Path folder, String config, List<TensorSpec> extra)
      throws IOException {
    RandomCheckpoint.of(RandomConfigs.all().get(config), 5).write(LocalDirectory.of(folder));
    rewrite(folder, "", 1, extra);
  }

  private static void rewrite(Path folder, String scaled, float factor, List<TensorSpec> extra)
      throws IOException {
    LocalDirectory directory = LocalDirectory.of(folder);
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      List<TensorSpec> specs = new ArrayList<>();
      checkpoint.tensorNames().forEach(name -> specs.add(TensorSpec.of(checkpoint.info(name))));
      List<TensorSpec> all = new ArrayList<>(specs);
      all.addAll(extra);
      try (SafetensorsWriter writer =
          new SafetensorsWriter(directory.create("edited"), Map.of(), all)) {
        for (TensorSpec spec : specs) {
          FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(spec.elements()));
          checkpoint.readFloats(spec.name(), 0, values);
          float by = spec.name().equals(scaled) ? factor : 1;
          for (int i = 0; i < values.capacity(); i++) {
            values.put(i, values.get(i) * by);
          }
          ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(spec.bytes()));
          FloatCodec.encode(spec.dtype(), values.flip(), bytes);
          writer.append(bytes.flip());
        }
        for (TensorSpec spec : extra) {
          writer.append(counting(Math.toIntExact(spec.bytes())));
        }
      }
    }
    directory.rename("edited", Checkpoint.SINGLE_FILE);
  }

  private static ByteBuffer counting(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    for (int i = 0; i < count; i++) {
      bytes.put((byte) i);
    }
    return bytes.flip();
  }
}

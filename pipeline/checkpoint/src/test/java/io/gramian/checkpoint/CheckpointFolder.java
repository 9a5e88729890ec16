package io.gramian.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A small checkpoint on disk: every tensor is F32 and holds 0, 1, 2, ... */
record CheckpointFolder(Path path) {

  Directory directory() {
    return LocalDirectory.of(path);
  }

  CheckpointFolder config(String json) throws IOException {
    return file("config.json", json);
  }

  CheckpointFolder index(String json) throws IOException {
    return file("model.safetensors.index.json", json.replace('\'', '"'));
  }

  CheckpointFolder file(String name, String text) throws IOException {
    Files.writeString(path.resolve(name), text);
    return this;
  }

  CheckpointFolder counting(String file, TensorSpec... tensors) throws IOException {
    try (SafetensorsWriter writer =
        new SafetensorsWriter(directory().create(file), Map.of("format", "pt"), List.of(tensors))) {
      for (TensorSpec tensor : tensors) {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(tensor.elements()));
        while (values.hasRemaining()) {
          values.put(values.position());
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
        FloatCodec.encode(tensor.dtype(), values.flip(), bytes);
        writer.append(bytes.flip());
      }
    }
    return this;
  }

  static TensorSpec f32(String name, Long... shape) {
    return new TensorSpec(name, DType.F32, List.of(shape));
  }
}

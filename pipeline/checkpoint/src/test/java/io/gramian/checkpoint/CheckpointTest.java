package io.gramian.checkpoint;

import static io.gramian.checkpoint.CheckpointFolder.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

  private static final String TWO_SHARDS =
      "{'metadata':{'total_size':64},'weight_map':{'norm':'s-2.safetensors','up':'s-1.safetensors'}}";

  @TempDir private Path folder;

  private CheckpointFolder checkpoint;

  @BeforeEach
  void empty() throws IOException {
    checkpoint = new CheckpointFolder(folder).config("{\"model_type\":\"llama\"}");
  }

  @Test
  void readsASingleFile() throws IOException {
    checkpoint.counting("model.safetensors", f32("up", 3L, 4L), f32("norm", 4L));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      assertThat(opened.config().requireString("model_type")).isEqualTo("llama");
      assertThat(opened.directory().name()).isEqualTo(folder.toString());
      assertThat(opened.tensorNames()).containsExactly("up", "norm");
      assertThat(opened.contains("norm")).isTrue();
      assertThat(opened.contains("down")).isFalse();
      assertThat(opened.files()).containsExactly("model.safetensors");
      assertThat(opened.require("up", List.of(3L, 4L)).bytes()).isEqualTo(48);
      ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      opened.read("up", 20, bytes);
      assertThat(bytes.getFloat(0)).isEqualTo(5);
      assertThat(floats(opened, "norm", 1, 3)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void readsShards() throws IOException {
    checkpoint
        .index(TWO_SHARDS)
        .counting("s-1.safetensors", f32("up", 3L, 4L), f32("unlisted", 1L))
        .counting("s-2.safetensors", f32("norm", 4L));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      assertThat(opened.tensorNames()).containsExactly("norm", "up");
      assertThat(opened.files()).containsExactly("s-1.safetensors", "s-2.safetensors");
      assertThat(opened.contains("unlisted")).isFalse();
      assertThat(floats(opened, "up", 4, 8)).containsExactly(4, 5, 6, 7, 8, 9, 10, 11);
    }
  }

  @Test
  void singleFileCountsBeforeTheIndex() throws IOException {
    checkpoint.index(TWO_SHARDS).counting("model.safetensors", f32("whole", 1L));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      assertThat(opened.tensorNames()).containsExactly("whole");
    }
  }

  @Test
  void headersAreReadWhenNeeded() throws IOException {
    checkpoint
        .index(TWO_SHARDS)
        .counting("s-1.safetensors", f32("up", 2L))
        .file("s-2.safetensors", "damaged");
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      assertThat(floats(opened, "up", 0, 2)).containsExactly(0, 1);
      refused(
          () -> opened.info("norm"),
          "/s-2.safetensors: 7 bytes are too few for a safetensors file,"
              + " which starts with an 8-byte header length");
    }
  }

  @Test
  void tasksShareOne() throws IOException {
    checkpoint.counting("model.safetensors", f32("up", 207L, 13L));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      boolean same =
          IntStream.range(0, 500)
              .parallel()
              .map(i -> i * 5)
              .allMatch(at -> floats(opened, "up", at, 13)[12] == at + 12);
      assertThat(same).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void everyFloatingTypeReadsAsF32(DType dtype) throws IOException {
    checkpoint.counting("model.safetensors", new TensorSpec("w", dtype, List.of(13L)));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      assertThat(floats(opened, "w", 10, 3)).containsExactly(10, 11, 12);
    }
  }

  @Test
  void readsMoreThanOneChunk() throws IOException {
    checkpoint.counting("model.safetensors", f32("w", 200_003L));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      float[] values = floats(opened, "w", 1, 200_002);
      assertThat(IntStream.range(0, values.length).allMatch(i -> values[i] == i + 1)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void nonFiniteWeightsAreNamedWithTheirPosition(float value) throws IOException {
    float[] values = new float[5 * 3 * 70_001];
    values[(4 * 3 + 1) * 70_001 + 69_999] = value;
    write(new TensorSpec("w", DType.F32, List.of(5L, 3L, 70_001L)), values);
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      assertThat(floats(opened, "w", 0, 4 * 3 * 70_001)).containsOnly(0);
      refused(
          () -> floats(opened, "w", 11 * 70_001, 4 * 70_001),
          "/model.safetensors: tensor 'w' holds "
              + value
              + " at [4, 1, 69999]; the checkpoint is damaged or training diverged");
    }
  }

  @Test
  void integersAreNoWeights() throws IOException {
    try (SafetensorsWriter writer =
        new SafetensorsWriter(
            checkpoint.directory().create("model.safetensors"),
            Map.of(),
            List.of(new TensorSpec("ids", DType.I32, List.of(1L))))) {
      writer.append(ByteBuffer.allocate(4));
    }
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      refused(
          () -> floats(opened, "ids", 0, 1),
          "/model.safetensors: tensor 'ids' has element type I32 where a floating one is needed");
    }
  }

  @Test
  void rangesMayNotLeaveTheTensor() throws IOException {
    checkpoint.counting("model.safetensors", f32("a", 2L, 2L), f32("b", 9L));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      assertThatThrownBy(() -> floats(opened, "a", 3, 2))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("2 elements at 3 of tensor 'a', which has 4");
      assertThatThrownBy(() -> opened.read("a", -1, ByteBuffer.allocate(1)))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void missingTensorNamesTheNearest() throws IOException {
    checkpoint
        .index(TWO_SHARDS)
        .counting("s-1.safetensors", f32("up", 1L))
        .counting("s-2.safetensors", f32("norm", 1L));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      refused(
          () -> opened.info("norms"), ": no tensor 'norms'; the nearest of its 2 names is 'norm'");
    }
    checkpoint.counting("model.safetensors");
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      refused(
          () -> opened.info("norms"),
          "/model.safetensors: no tensor 'norms'; it holds no tensors at all");
    }
  }

  @Test
  void wrongShapePrintsBoth() throws IOException {
    checkpoint.counting("model.safetensors", f32("up", 3L, 4L));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      refused(
          () -> opened.require("up", List.of(4L, 3L)),
          "/model.safetensors: tensor 'up' has shape [3, 4], but config.json asks for [4, 3]");
    }
  }

  @Test
  void closedCheckpointRefuses() throws IOException {
    checkpoint.counting("model.safetensors", f32("up", 1L));
    Checkpoint opened = Checkpoint.open(checkpoint.directory());
    opened.close();
    assertThatThrownBy(() -> opened.info("up"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("checkpoint " + folder + " is closed");
  }

  @Test
  void missingPiecesAreNamed() throws IOException {
    refused(
        () -> Checkpoint.open(LocalDirectory.of(folder.resolve("nowhere"))),
        "/nowhere: no files there;"
            + " a checkpoint is a folder with config.json and safetensors files");
    refused(
        () -> Checkpoint.open(checkpoint.directory()),
        ": neither model.safetensors nor model.safetensors.index.json there;"
            + " other weight formats must be converted to safetensors");
    checkpoint.counting("model.safetensors");
    Files.delete(folder.resolve("config.json"));
    refused(
        () -> Checkpoint.open(checkpoint.directory()),
        ": no config.json there; a checkpoint is a folder with config.json and safetensors files");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'../s-1.safetensors'",
        "'/etc/passwd'",
        "'a/b.safetensors'",
        "'..'",
        "''",
        "7",
        "null",
      })
  void indexMayNotLeaveItsFolder(String file) throws IOException {
    checkpoint.index("{'weight_map':{'up':" + file + "}}");
    String json = file.replace('\'', '"');
    String shown =
        file.equals("7") ? "the number 7" : file.equals("null") ? "nothing" : "the string " + json;
    refusedIndex("tensor 'up' is in " + shown + "; a plain file name in the same folder is needed");
  }

  @Test
  void damagedIndexIsRefused() throws IOException {
    checkpoint.index("{'weight_map':[]}");
    refusedIndex("'weight_map' is the list [] instead of an object that maps tensors to files");
    checkpoint.index("{}");
    refusedIndex("'weight_map' is nothing instead of an object that maps tensors to files");
    checkpoint.index("'text'");
    refusedIndex("a JSON object is expected, but the file holds the string \"text\"");
    checkpoint.index("{'weight_map':{'u\\np':'a'}}");
    refusedIndex("tensor 'u?p' has control characters in its name");
    checkpoint.index("{'weight_map':{'up':'a','up':'b'}}");
    refusedIndex("not valid JSON at line 1, column 29: Duplicate field 'up'");
  }

  @Test
  void indexMustAgreeWithTheShards() throws IOException {
    checkpoint.index(TWO_SHARDS).counting("s-2.safetensors", f32("other", 1L));
    refused(
        () -> Checkpoint.open(checkpoint.directory()),
        ": shard s-1.safetensors is missing, though model.safetensors.index.json lists it;"
            + " fetch the checkpoint again");
    checkpoint.counting("s-1.safetensors");
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      refused(
          () -> opened.info("norm"),
          "/s-2.safetensors: no tensor 'norm',"
              + " though model.safetensors.index.json says that it is there");
    }
  }

  private void write(TensorSpec spec, float[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(spec.bytes()));
    FloatCodec.encode(spec.dtype(), FloatBuffer.wrap(values), bytes);
    try (SafetensorsWriter writer =
        new SafetensorsWriter(
            checkpoint.directory().create("model.safetensors"), Map.of(), List.of(spec))) {
      writer.append(bytes.flip());
    }
  }

  private void refusedIndex(String message) {
    refused(
        () -> Checkpoint.open(checkpoint.directory()), "/model.safetensors.index.json: " + message);
  }

  private void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserException.class).hasMessage(folder + message);
  }

  private static float[] floats(Checkpoint checkpoint, String tensor, long first, int count) {
    FloatBuffer values = FloatBuffer.allocate(count);
    try {
      checkpoint.readFloats(tensor, first, values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values.array();
  }
}

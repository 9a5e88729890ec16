package io.gramian.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.kernel.ScalarKernels;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model tells of itself and what it refuses, with a checkpoint of BF16 numbers. */
class EdgeModelTest {

  private static final Path CHECKPOINT =
      Path.of(System.getProperty("gramian.root"), "calibration-data", "llama-tiny");
  private static final String WEIGHTS = "model.safetensors";
  private static final EdgeSettings SETTINGS = new EdgeSettings(2, Kernels.best());

  @TempDir private Path folder;

  @Test
  void tellsWhatItIs() throws IOException {
    try (EdgeModel model = open(CHECKPOINT)) {
      assertThat(model.name()).isEqualTo(CHECKPOINT.toString());
      assertThat(model.threads()).isEqualTo(2);
      assertThat(model.kernels()).isEqualTo(SETTINGS.kernels());
      assertThat(model.quantisation()).isEmpty();
      assertThat(model.spec().family()).isEqualTo("llama");
      assertThat(model.widths(KeepRatio.FULL)).hasSize(model.spec().blocks().size());
      assertThat(model.bytes()).isGreaterThan(10_000_000);
      assertThat(model.bytesRead(KeepRatio.FULL)).isLessThanOrEqualTo(model.bytes());
    }
  }

  @Test
  void aSessionCountsItsTokens() throws IOException {
    try (EdgeModel model = open(CHECKPOINT)) {
      EdgeSession session = model.session(SessionSettings.of(5));
      assertThat(session.capacity()).isEqualTo(5);
      float[] logits = session.append(1, 2, 3).clone();
      assertThat(logits).hasSize(model.spec().vocabularySize());
      assertThat(session.position()).isEqualTo(3);
      assertThat(session.keepRatio()).isEqualTo(KeepRatio.FULL);
      session.setKeepRatio(KeepRatio.FULL);
      refuses(
          () -> session.append(4, 5, 6),
          "3 tokens behind 3, but the session has room for 5: open a longer one");
      session.append(4, 5);
      refuses(
          () -> session.append(6),
          "1 tokens behind 5, but the session has room for 5: open a longer one");
      session.reset();
      assertThat(session.position()).isZero();
      assertThat(session.append(1, 2, 3)).isEqualTo(logits);
    }
  }

  @Test
  void tokensThatCannotBeReadAreRefused() throws IOException {
    try (EdgeModel model = open(CHECKPOINT)) {
      EdgeSession session = model.session(SessionSettings.of(5));
      int vocabulary = model.spec().vocabularySize();
      assertThatThrownBy(session::append)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("0 tokens at position 0 of 5");
      for (int token : new int[] {-1, vocabulary}) {
        assertThatThrownBy(() -> session.append(token))
            .isInstanceOf(UserException.class)
            .hasMessage(
                "token "
                    + token
                    + ", but the model knows 0 to "
                    + (vocabulary - 1)
                    + ": its tokenizer.json is another model's");
      }
      assertThat(session.position()).isZero();
    }
  }

  @Test
  void aCheckpointHasOneWidth() throws IOException {
    String message =
        "keep ratio 0.85 of a checkpoint of floating-point numbers: only a packed artifact has"
            + " every width; give one that gramian quantize wrote, or a slice of the checkpoint";
    KeepRatio ratio = new KeepRatio(0.85);
    try (EdgeModel model = open(CHECKPOINT)) {
      EdgeSession session = model.session(SessionSettings.of(5));
      refuses(() -> session.setKeepRatio(ratio), message);
      assertThat(session.keepRatio()).isEqualTo(KeepRatio.FULL);
      refuses(() -> model.widths(ratio), message);
      refuses(() -> model.bytesRead(ratio), message);
      refuses(() -> model.session(SessionSettings.of(5).atMost(ratio)), message);
    }
  }

  @Test
  void settingsThatMakeNoSense() {
    Kernels.Choice kernels = new Kernels.Choice(new ScalarKernels(), "asked for");
    refuses(() -> new EdgeSettings(0, kernels), "0 threads: give at least 1");
    refuses(() -> new EdgeSettings(-1500, kernels), "-1500 threads: give at least 1");
    refuses(
        () -> SessionSettings.of(0),
        "a session of 0 positions in passes of 32 tokens: give at" + " least 1");
    refuses(
        () -> new SessionSettings(4096, 0, KeepRatio.FULL),
        "a session of 4096 positions in passes of 0 tokens: give at least 1");
    assertThat(EdgeSettings.ofThisMachine().threads())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void halfPrecisionWeights() throws IOException {
    convert(DType.F16);
    refuses(
        () -> open(folder),
        folder
            + ": tensor 'model.layers.0.self_attn.q_proj.weight' is F16, but the edge runtime"
            + " multiplies BF16, F32 and packed 4-bit weights: give a checkpoint of one of them");
  }

  /** BF16 numbers are F32 numbers. */
  @Test
  void theSameNumbersInF32() throws IOException {
    convert(DType.F32);
    try (EdgeModel bf16 = open(CHECKPOINT);
        EdgeModel f32 = open(folder)) {
      float[] expected = bf16.session(SessionSettings.of(9)).append(1, 20, 300, 4);
      float[] actual = f32.session(SessionSettings.of(9)).append(1, 20, 300, 4);
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(actual[i] - expected[i])).as("logit %d", i).isLessThan(1e-3f);
      }
    }
  }

  @Test
  void truncatedWeights() throws IOException {
    copyConfig();
    byte[] bytes = Files.readAllBytes(CHECKPOINT.resolve(WEIGHTS));
    Files.write(folder.resolve(WEIGHTS), Arrays.copyOf(bytes, bytes.length - 1000));
    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(folder.resolve(WEIGHTS) + ": ")
        .hasMessageEndingWith("the file is truncated, fetch it again");
  }

  @Test
  void noModel() throws IOException {
    refuses(
        () -> open(folder),
        folder
            + ": no files there; a checkpoint is a folder with config.json and safetensors"
            + " files");
    copyConfig();
    refuses(
        () -> open(folder),
        folder
            + ": neither model.safetensors nor model.safetensors.index.json there; other weight"
            + " formats must be converted to safetensors");
  }

  @Test
  void startsNoThreadForWhatItRefuses() throws IOException {
    convert(DType.F16);
    long before = threads();
    assertThatThrownBy(() -> open(folder)).isInstanceOf(UserException.class);
    assertThat(threads()).isEqualTo(before);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gramian-edge-"))
        .count();
  }

  private static EdgeModel open(Path folder) throws IOException {
    return EdgeModel.open(LocalDirectory.of(folder), SETTINGS);
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserException.class).hasMessage(message);
  }

  private void copyConfig() throws IOException {
    Files.copy(CHECKPOINT.resolve("config.json"), folder.resolve("config.json"));
  }

  /** The checkpoint's numbers in another type. */
  private void convert(DType dtype) throws IOException {
    copyConfig();
    try (Checkpoint source = Checkpoint.open(LocalDirectory.of(CHECKPOINT));
        OutputStream out = Files.newOutputStream(folder.resolve(WEIGHTS))) {
      List<TensorSpec> tensors =
          source.tensorNames().stream()
              .map(name -> new TensorSpec(name, dtype, source.info(name).shape()))
              .toList();
      try (SafetensorsWriter writer = new SafetensorsWriter(out, Map.of(), tensors)) {
        for (TensorSpec tensor : tensors) {
          writer.append(numbers(source, source.info(tensor.name()), dtype));
        }
      }
    }
  }

  private static ByteBuffer numbers(Checkpoint source, TensorInfo tensor, DType dtype)
      throws IOException {
    FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(tensor.elements()));
    source.readFloats(tensor.name(), 0, values);
    ByteBuffer bytes = ByteBuffer.allocate(values.capacity() * dtype.bytes());
    FloatCodec.encode(dtype, values.rewind(), bytes);
    return bytes.flip();
  }
}

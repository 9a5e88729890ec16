package io.gramian.spark.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.quantize.Quantisation;
import io.gramian.compress.quantize.QuantisedDecoder;
import io.gramian.compress.quantize.ScaleRule;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedReader;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.EditedCheckpoint;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantisation on Spark against one thread, and what is left when it fails. */
class QuantizeIT {

  private static final long SEED = 13;

  /** Eight sequences a shard, as on the one thread. */
  private static final int POSITIONS = 256;

  private static final int SEQUENCES = 24;

  @TempDir private Path folder;

  private static QuantizeSettings settings(Rounding rounding) {
    return new QuantizeSettings(
        rounding, ScaleRule.SEARCHED, new DeviceProfile("test", new Granularity(2, 2, 1, 2), 8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llamaBiases", "qwen2Tied", "mamba2TwoGroups", "bambaBiases", "nemotronPattern"})
  void equalsOneThreadWhateverTheTasks(String config) throws IOException {
    RandomModel.write(config, SEED, folder.resolve("one/sorted")).close();
    RandomModel.write(config, SEED, folder.resolve("many/sorted")).close();
    quantise("one", Rounding.GPTQ, 1);
    quantise("many", Rounding.GPTQ, 7);
    Map<String, Path> one = files("one/quantized");
    Map<String, Path> many = files("many/quantized");
    assertThat(many.keySet())
        .isEqualTo(one.keySet())
        .containsExactly("SHA256SUMS", "config.json", "gramian.json", "model.safetensors");
    one.forEach((name, file) -> assertThat(many.get(name)).hasSameBinaryContentAs(file));
    Sha256Sums.read(local("many/quantized")).orElseThrow().verify(local("one/quantized"));
    assertOneThread("many");
  }

  private void assertOneThread(String run) throws IOException {
    Quantisation how =
        new Quantisation(
            Quantisation.Method.GPTQ, ScaleRule.SEARCHED, 8, Quantisation.Passes.INPUT);
    try (ModelCheckpoint model = ModelCheckpoint.open(local(run + "/sorted"));
        LoadedDecoder dense = LoadedDecoder.load(model);
        PackedCheckpoint artifact = PackedCheckpoint.open(local(run + "/quantized"))) {
      artifact.validate();
      int[] ids = sequences().stream().flatMapToInt(Arrays::stream).toArray();
      QuantisedDecoder expected = QuantisedDecoder.of(dense, how, ids, POSITIONS);
      PackedDecoder decoder = artifact.decoder();
      assertThat(decoder).isEqualTo(expected.layout());
      for (PackedBlock block : expected.blocks()) {
        PackedBlock actual = PackedBlock.read(block.layout(), artifact.checkpoint());
        assertThat(actual.bytes()).as("seed %d", SEED).isEqualTo(block.bytes());
      }
      PackedReader tables = new PackedReader(artifact.checkpoint());
      assertThat(tables.map(decoder.embedding())).isEqualTo(expected.embedding());
      assertThat(tables.map(decoder.head())).isEqualTo(expected.head());
      assertThat(artifact.quantisation().method().rotation()).isEqualTo("hadamard");
      assertThat(artifact.quantisation().source()).isEqualTo("sorted");
      assertThat(artifact.quantisation().recoveries()).isEmpty();
      assertThat(decoder.bytes()).isEqualTo(storedBytes(artifact));
    }
  }

  private static long storedBytes(PackedCheckpoint artifact) {
    return artifact.checkpoint().tensorNames().stream()
        .map(name -> artifact.checkpoint().info(name))
        .mapToLong(info -> TensorSpec.of(info).bytes())
        .sum();
  }

  @ParameterizedTest
  @CsvSource({"GPTQ", "NEAREST"})
  void goesOnBehindTheLastMapThatIsDone(Rounding rounding) throws IOException {
    RandomModel.write("llamaGrouped", SEED, folder.resolve("run/sorted")).close();
    quantise("run", rounding, 3);
    Map<String, byte[]> whole = new TreeMap<>();
    for (Map.Entry<String, Path> file : files("run/quantized").entrySet()) {
      whole.put(file.getKey(), Files.readAllBytes(file.getValue()));
    }
    Path done = folder.resolve("run/quantising/model.layers.0.mlp.up_proj.weight.safetensors");
    FileTime before = Files.getLastModifiedTime(done);
    Files.delete(
        folder.resolve("run/quantising/model.layers.1.self_attn.k_proj.weight.safetensors"));
    Files.delete(folder.resolve("run/quantising/lm_head.weight.safetensors"));
    RecordedProgress progress = new RecordedProgress();
    quantise("run", rounding, 3, progress);
    assertThat(Files.getLastModifiedTime(done)).isEqualTo(before);
    assertThat(progress.phases()).hasSize(2);
    assertThat(progress.phases().get(1))
        .isEqualTo("-" + progress.phases().get(0).replace("+quantize ", ""));
    for (Map.Entry<String, Path> file : files("run/quantized").entrySet()) {
      assertThat(file.getValue()).hasBinaryContent(whole.get(file.getKey()));
    }
    Quantize.forgetParts(CalibrationFolder.directory(folder.resolve("run")));
    assertThat(folder.resolve("run/quantising")).doesNotExist();
  }

  @Test
  void partsOfAnotherQuantisationAreNotGoneOnFrom() throws IOException {
    RandomModel.write("llamaGrouped", SEED, folder.resolve("run/sorted")).close();
    quantise("run", Rounding.NEAREST, 3);
    byte[] nearest = Files.readAllBytes(folder.resolve("run/quantized/model.safetensors"));
    quantise("run", Rounding.GPTQ, 3);
    assertThat(folder.resolve("run/quantized/model.safetensors"))
        .content(java.nio.charset.StandardCharsets.ISO_8859_1)
        .isNotEqualTo(new String(nearest, java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  @Test
  void channelsThatNoTokenReachesAreRecorded() throws IOException {
    EditedCheckpoint.scaled(
        folder.resolve("run/sorted"), "llamaGrouped", "model.layers.0.mlp.up_proj.weight", 0);
    quantise("run", Rounding.GPTQ, 3);
    try (PackedCheckpoint artifact = PackedCheckpoint.open(local("run/quantized"))) {
      assertThat(artifact.quantisation().recoveries()).hasSize(1);
      assertThat(artifact.quantisation().recoveries().get(0).input())
          .isEqualTo("down-input of block 1, read by model.layers.0.mlp.down_proj.weight");
      assertThat(artifact.quantisation().recoveries().get(0).deadChannels()).hasSize(52);
    }
  }

  @Test
  void aWeightThatCannotBeQuantisedIsNamedAndNothingIsLeft() throws IOException {
    String tensor = "model.layers.0.mlp.up_proj.weight";
    EditedCheckpoint.scaled(folder.resolve("run/sorted"), "llamaGrouped", tensor, 1e38f);
    assertThatThrownBy(() -> quantise("run", Rounding.NEAREST, 3))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            tensor
                + ": a weight of \\S+ cannot be quantised \\(the largest F16 scale is 65504\\): the"
                + " checkpoint is damaged or its training diverged");
    assertThat(folder.resolve("run")).isDirectoryNotContaining("glob:**quanti*");
  }

  @Test
  void anInputThatOverflowsIsNamedAndNothingIsLeft() throws IOException {
    Path sorted = folder.resolve("run/sorted");
    EditedCheckpoint.scaled(sorted, "llamaGrouped", "model.layers.0.mlp.up_proj.weight", 1e5f);
    EditedCheckpoint.scale(sorted, "model.layers.0.mlp.gate_proj.weight", 1e5f);
    assertThatThrownBy(() -> quantise("run", Rounding.GPTQ, 3))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "down-input of block 1, read by model.layers.0.mlp.down_proj.weight: the activations"
                + " overflow \\(a term of \\S+ cannot be summed .*\\): the checkpoint is damaged or"
                + " its training diverged");
    assertThat(folder.resolve("run")).isDirectoryNotContaining("glob:**quanti*");
  }

  @Test
  void groupsMustBeEven() {
    DeviceProfile odd = new DeviceProfile("odd", new Granularity(2, 2, 1, 2), 127);
    assertThatThrownBy(() -> new QuantizeSettings(Rounding.GPTQ, ScaleRule.MAX, odd))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "quantisation-group of profile odd is 127: it must be even, because two values share a"
                + " byte");
  }

  private static List<int[]> sequences() {
    int[] lengths = new int[SEQUENCES];
    Arrays.fill(lengths, POSITIONS);
    return CalibrationFolder.random(SEED, 97, lengths);
  }

  private void quantise(String run, Rounding rounding, int tasks) throws IOException {
    quantise(run, rounding, tasks, ProgressListener.SILENT);
  }

  private void quantise(String run, Rounding rounding, int tasks, ProgressListener progress)
      throws IOException {
    ShardSet shards =
        ShardSet.of(CalibrationFolder.write(folder.resolve("set"), sequences()), tasks);
    QuantizeRequest request =
        new QuantizeRequest(
            CalibrationFolder.directory(folder.resolve(run)),
            "sorted",
            settings(rounding),
            new TreeMap<>(),
            rounding.label());
    new Quantize(TestSession.context(), progress, tasks).run(request, shards);
  }

  private Map<String, Path> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      Map<String, Path> byName = new TreeMap<>();
      files.forEach(file -> byName.put(file.getFileName().toString(), file));
      return byName;
    }
  }

  private Directory local(String name) {
    return LocalDirectory.of(folder.resolve(name));
  }
}

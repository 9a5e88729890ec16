package io.gramian.spark.sort;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.Attention;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.Statistics;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.Permits;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.EditedCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint with more in it than the model reads, sorted into one file and into many. */
class SortedCheckpointIT {

  private static final long SEED = 12;

  /** Less than a layer's tensors, so that blocks are torn apart. */
  private static final long SMALL_FILE = 20_000;

  private static final List<TensorSpec> UNKNOWN =
      List.of(
          new TensorSpec("model.layers.0.self_attn.rotary_emb.inv_freq", DType.F16, List.of(13L)),
          new TensorSpec("extra.positions", DType.I64, List.of(207L)),
          new TensorSpec("extra.nothing", DType.F32, List.of(0L)));

  private static final Map<String, String> COMPANIONS =
      Map.of(
          "tokenizer.json", "{\"tokenizer\": 1}\n",
          "tokenizer_config.json", "{}",
          "merges.txt", "a b\r\n",
          "generation_config.json", "{\"top_p\": 1}",
          "LICENSE", "Apache");

  @TempDir private static Path folder;

  private static String config;

  @BeforeAll
  static void sort() throws IOException {
    Path model = folder.resolve("model");
    EditedCheckpoint.extended(model, "llamaBiases", UNKNOWN);
    for (Map.Entry<String, String> companion : COMPANIONS.entrySet()) {
      Files.writeString(model.resolve(companion.getKey()), companion.getValue());
    }
    Files.writeString(model.resolve("README.md"), "not needed");
    config = Files.readString(model.resolve("config.json"));
    Statistics statistics =
        Statistics.calibrate(
            directory("model"),
            CalibrationFolder.write(
                folder.resolve("set"), CalibrationFolder.random(SEED, 97, 31, 13, 31, 5)),
            directory("statistics"));
    for (String run : List.of("one", "many")) {
      long fileBytes = run.equals("one") ? Long.MAX_VALUE : SMALL_FILE;
      new Sort(TestSession.get(), ProgressListener.SILENT, Permits.UNLIMITED, fileBytes)
          .run(
              new SortRequest(
                  directory("model"), statistics.folder(), SortCriteria.DEFAULT, directory(run)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "many"})
  void namesShapesAndTypesStay(String run) throws IOException {
    try (Checkpoint original = Checkpoint.open(local("model"));
        Checkpoint sorted = Checkpoint.open(local(run + "/sorted"))) {
      assertThat(specs(sorted)).isEqualTo(specs(original)).hasSizeGreaterThan(UNKNOWN.size());
      for (TensorSpec unknown : UNKNOWN) {
        assertThat(bytes(sorted, unknown.name())).isEqualTo(bytes(original, unknown.name()));
      }
      String down = "model.layers.0.mlp.down_proj.weight";
      assertThat(bytes(sorted, down)).isNotEqualTo(bytes(original, down));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "many"})
  void companionsAreCopiedByteForByte(String run) throws IOException {
    Path sorted = folder.resolve(run + "/sorted");
    assertThat(Files.readString(sorted.resolve("config.json"))).isEqualTo(config);
    for (Map.Entry<String, String> companion : COMPANIONS.entrySet()) {
      assertThat(sorted.resolve(companion.getKey())).hasContent(companion.getValue());
    }
    assertThat(sorted.resolve("README.md")).doesNotExist();
    try (var files = Files.list(sorted)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".") || name.endsWith(".partial"));
    }
    assertThat(folder.resolve(run + "/sorted.partial")).doesNotExist();
  }

  @Test
  void smallFilesHaveAnIndexThatIsRight() throws IOException {
    assertThat(folder.resolve("one/sorted/model.safetensors")).exists();
    assertThat(folder.resolve("one/sorted/model.safetensors.index.json")).doesNotExist();
    try (Checkpoint one = Checkpoint.open(local("one/sorted"));
        Checkpoint many = Checkpoint.open(local("many/sorted"))) {
      assertThat(many.files()).hasSizeGreaterThan(4);
      Map<String, TensorInfo> found = new TreeMap<>();
      for (String name : many.files()) {
        try (SafetensorsFile file = SafetensorsFile.open(local("many/sorted").open(name))) {
          assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
          file.tensors().forEach(tensor -> assertThat(found.put(tensor.name(), tensor)).isNull());
        }
      }
      assertThat(found.keySet()).isEqualTo(Set.copyOf(many.tensorNames()));
      for (String tensor : one.tensorNames()) {
        assertThat(bytes(many, tensor)).as(tensor).isEqualTo(bytes(one, tensor));
      }
      long total = found.values().stream().mapToLong(TensorInfo::bytes).sum();
      assertThat(folder.resolve("many/sorted/model.safetensors.index.json"))
          .content()
          .contains("\"total_size\": " + total);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "many"})
  void itOpensWithItsPairOrdersAndTheSameLogits(String run) throws IOException {
    try (ModelCheckpoint original = ModelCheckpoint.open(local("model"));
        ModelCheckpoint sorted = ModelCheckpoint.open(local(run + "/sorted"));
        LoadedDecoder before = LoadedDecoder.load(original);
        LoadedDecoder after = LoadedDecoder.load(sorted);
        PointerScope scope = new PointerScope()) {
      sorted.validate();
      GramianMetadata metadata = sorted.metadata().orElseThrow();
      assertThat(metadata.criteria()).isEqualTo(SortCriteria.DEFAULT.labels());
      assertThat(metadata.pairOrders().keySet()).containsExactly(0, 2);
      Attention attention = (Attention) sorted.spec().blocks().get(2).mixer();
      assertThat(attention.rotary().orElseThrow().pairOrders())
          .isEqualTo(metadata.pairOrders().get(2));
      int[] ids = CalibrationFolder.random(SEED + 1, 97, 2 * 29).get(0);
      float[] expected = Tensors.floats(before.logits(ids, 2, 29));
      float[] actual = Tensors.floats(after.logits(ids, 2, 29));
      float largest = 0;
      float difference = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
      }
      assertThat(difference / largest).as("seed %d", SEED).isLessThan(1e-3f);
    }
  }

  private static HadoopDirectory directory(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }

  private static LocalDirectory local(String name) {
    return LocalDirectory.of(folder.resolve(name));
  }

  private static Map<String, TensorSpec> specs(Checkpoint checkpoint) {
    Map<String, TensorSpec> specs = new TreeMap<>();
    checkpoint.tensorNames().forEach(n -> specs.put(n, TensorSpec.of(checkpoint.info(n))));
    return specs;
  }

  private static byte[] bytes(Checkpoint checkpoint, String tensor) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(checkpoint.info(tensor).bytes())];
    checkpoint.read(tensor, 0, ByteBuffer.wrap(bytes));
    return bytes;
  }
}

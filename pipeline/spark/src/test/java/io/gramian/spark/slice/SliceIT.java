package io.gramian.spark.slice;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomWidths;
import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.compress.width.SlicedBlock;
import io.gramian.compress.width.SortAndSlice;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.OracleRun;
import io.gramian.spark.calibrate.Statistics;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.sort.Decisions;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.sort.SortRequest;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.EditedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slices on disk against slices in memory. */
class SliceIT {

  private static final long SEED = 13;
  private static final int POSITIONS = 29;

  /** Less than a block, so that blocks are torn apart. */
  private static final long SMALL_FILE = 20_000;

  private static final TensorSpec UNKNOWN = new TensorSpec("extra", DType.I64, List.of(207L));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"llamaBiases", "qwen2Untied", "mamba2TwoGroups", "bambaBiases", "nemotronPattern"})
  void equalsSortingAndSlicingInMemory(String config) throws IOException {
    Map<Integer, BlockDecision> decisions = sort(config);
    Map<Integer, BlockWidths> widths = new HashMap<>();
    try (ModelCheckpoint model = ModelCheckpoint.open(local("model"))) {
      widths.putAll(RandomWidths.random(model.spec(), new Random(SEED)));
    }
    SliceResult result = slice(directory("run/sorted"), widths, SMALL_FILE);

    try (ModelCheckpoint model = ModelCheckpoint.open(local("model"));
        ModelCheckpoint sliced = ModelCheckpoint.open(local("run/sliced/keep-0.5"));
        LoadedDecoder original = LoadedDecoder.load(model);
        LoadedDecoder actual = LoadedDecoder.load(sliced);
        LoadedDecoder expected = changed(original, new SortAndSlice(decisions, widths))) {
      sliced.validate();
      assertThat(sliced.spec()).isEqualTo(expected.spec());
      assertThat(sliced.unknownTensors()).containsExactly("extra");
      assertThat(sliced.checkpoint().files()).hasSizeGreaterThan(2);
      assertThat(result.parameters()).isEqualTo(expected.spec().parameterCount());
      assertThat(result.sortedParameters()).isEqualTo(model.spec().parameterCount());
      assertThat(result.bytes()).isEqualTo(4 * result.parameters() + 8 * 207);
      assertSameLogits(actual, expected, 1e-5);
    }
    assertThat(folder.resolve("run/sliced/keep-0.5/config.json"))
        .hasSameBinaryContentAs(folder.resolve("model/config.json"));
    assertThat(folder.resolve("run/sliced/keep-0.5.partial")).doesNotExist();
  }

  /** BF16 on disk: the kept rows are copied, so only the bias that is new is rounded. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-tiny", "qwen2-tiny"})
  void trainedModelsKeepTheirTypes(String name) throws IOException {
    OracleRun run = OracleRun.of(name);
    try (ModelCheckpoint sorted = ModelCheckpoint.open(run.folder().resolve("sorted"));
        LoadedDecoder whole = LoadedDecoder.load(sorted)) {
      Map<Integer, BlockWidths> widths = RandomWidths.uniform(sorted.spec(), 0.85);
      slice(run.folder().resolve("sorted"), widths, Long.MAX_VALUE);
      try (ModelCheckpoint sliced = ModelCheckpoint.open(local("run/sliced/keep-0.5"));
          LoadedDecoder actual = LoadedDecoder.load(sliced);
          LoadedDecoder expected = changed(whole, new SlicedBlock(widths))) {
        sliced.validate();
        assertThat(types(sliced)).isEqualTo(types(sorted)).hasSize(1);
        String bias = "model.layers.0.self_attn.o_proj.bias";
        assertThat(sliced.checkpoint().tensorNames().contains(bias))
            .isEqualTo(name.equals("qwen2-tiny"));
        assertSameLogits(actual, expected, name.equals("llama-tiny") ? 1e-6 : 1e-2);
      }
    }
  }

  @Test
  void theFullWidthIsTheSortedFolderByteForByte() throws IOException {
    sort("qwen2Tied");
    try (ModelCheckpoint sorted = ModelCheckpoint.open(local("run/sorted"))) {
      slice(directory("run/sorted"), RandomWidths.uniform(sorted.spec(), 1), Long.MAX_VALUE);
    }
    Map<String, Path> expected = files("run/sorted");
    Map<String, Path> actual = files("run/sliced/keep-0.5");
    assertThat(actual.keySet()).isEqualTo(expected.keySet()).contains(GramianMetadata.FILE);
    expected.forEach((name, file) -> assertThat(actual.get(name)).hasSameBinaryContentAs(file));
  }

  private Map<Integer, BlockDecision> sort(String config) throws IOException {
    EditedCheckpoint.extended(folder.resolve("model"), config, List.of(UNKNOWN));
    Statistics statistics =
        Statistics.calibrate(
            directory("model"),
            CalibrationFolder.write(
                folder.resolve("set"), CalibrationFolder.random(SEED, 97, 31, 13, 31, 5)),
            directory("statistics"));
    new Sort(TestSession.get(), ProgressListener.SILENT)
        .run(
            new SortRequest(
                directory("model"), statistics.folder(), SortCriteria.DEFAULT, directory("run")));
    Map<Integer, BlockDecision> decisions = new HashMap<>();
    try (ModelCheckpoint model = ModelCheckpoint.open(local("model"))) {
      new Decisions(directory("model"), statistics.folder())
          .of(
              TestSession.context(),
              model.spec(),
              SortCriteria.DEFAULT,
              TestSession.context().sc().longAccumulator())
          .collect()
          .forEach(decision -> decisions.put(decision.blockIndex(), decision));
    }
    return decisions;
  }

  private SliceResult slice(
      HadoopDirectory sorted, Map<Integer, BlockWidths> widths, long fileBytes) throws IOException {
    return new Slice(TestSession.context(), ProgressListener.SILENT, fileBytes)
        .run(new SliceRequest(sorted, widths, directory("run/sliced"), "keep-0.5"));
  }

  private static LoadedDecoder changed(LoadedDecoder original, BlockTransform transform) {
    DecoderSpec spec = original.spec();
    return original.with(
        spec.withBlocks(spec.blocks().stream().map(transform::describe).toList()),
        (block, weights) -> transform.apply(block, copied(weights)));
  }

  private static Weights copied(Weights weights) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    weights.names().forEach(name -> tensors.put(name, weights.get(name)));
    return Weights.of(tensors);
  }

  private static void assertSameLogits(
      LoadedDecoder actual, LoadedDecoder expected, double tolerance) {
    try (PointerScope scope = new PointerScope()) {
      int[] ids = CalibrationFolder.random(SEED + 1, 97, 2 * POSITIONS).get(0);
      float[] wanted = Tensors.floats(expected.logits(ids, 2, POSITIONS));
      float[] found = Tensors.floats(actual.logits(ids, 2, POSITIONS));
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < wanted.length; i++) {
        largest = Math.max(largest, Math.abs(wanted[i]));
        difference = Math.max(difference, Math.abs(wanted[i] - found[i]));
      }
      assertThat(difference / largest).as("seed %d", SEED).isLessThan(tolerance);
    }
  }

  private static Set<DType> types(ModelCheckpoint model) {
    return model.checkpoint().tensorNames().stream()
        .map(name -> model.checkpoint().info(name).dtype())
        .collect(java.util.stream.Collectors.toSet());
  }

  private Map<String, Path> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      Map<String, Path> byName = new TreeMap<>();
      files.forEach(file -> byName.put(file.getFileName().toString(), file));
      return byName;
    }
  }

  private HadoopDirectory directory(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }

  private LocalDirectory local(String name) {
    return LocalDirectory.of(folder.resolve(name));
  }
}

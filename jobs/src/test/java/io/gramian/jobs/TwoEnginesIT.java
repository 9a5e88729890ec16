package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.TestData;
import io.gramian.compress.quantize.ArtifactFolder;
import io.gramian.compress.quantize.DequantisedBlock;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.EdgeSettings;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.kernel.ScalarKernels;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedReader;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two engines, one artifact: the edge runtime's logits are those of libtorch on the dequantised
 * model, at every width, from a prompt read in passes and from tokens read one by one.
 */
class TwoEnginesIT {

  private static final long SEED = 31;
  private static final int TOKENS = 41;
  private static final int PROMPT = 29;
  private static final int BATCH = 8;
  private static final double TOLERANCE = 1e-3;
  private static final List<KeepRatio> RATIOS =
      List.of(KeepRatio.FULL, new KeepRatio(0.85), new KeepRatio(0.65));

  @TempDir private Path folder;

  @BeforeAll
  static void natives() {
    NativeRuntime.load();
  }

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-tiny", "qwen2-tiny", "mamba2-tiny", "bamba-tiny", "nemotron-h-tiny"})
  void trainedModels(String name) throws IOException {
    DeviceProfile profile = new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128);
    try (ModelCheckpoint model = TestData.model(name)) {
      compare(model, profile, Kernels.best());
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyHeadLayout(String config) throws IOException {
    DeviceProfile profile = new DeviceProfile("odd", new Granularity(2, 2, 2, 2), 8);
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder.resolve("model"))) {
      compare(model, profile, Kernels.best());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2Tied", "llamaBiases"})
  void plainLoopsAsWell(String config) throws IOException {
    DeviceProfile profile = new DeviceProfile("odd", new Granularity(2, 2, 2, 2), 8);
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder.resolve("model"))) {
      compare(model, profile, new Kernels.Choice(new ScalarKernels(), "the test asks for them"));
    }
  }

  /** The same from the checkpoint itself, whose pairs are half-split. */
  @ParameterizedTest
  @MethodSource("configs")
  void checkpointsOfFloatingPointNumbers(String config) throws IOException {
    Path source = folder.resolve("model");
    try (ModelCheckpoint model = RandomModel.write(config, SEED, source);
        LoadedDecoder expected = LoadedDecoder.load(model);
        EdgeModel edge =
            EdgeModel.open(LocalDirectory.of(source), new EdgeSettings(3, Kernels.best()))) {
      compare(expected, edge.session(new SessionSettings(TOKENS, BATCH, KeepRatio.FULL)), config);
    }
  }

  private void compare(ModelCheckpoint model, DeviceProfile profile, Kernels.Choice kernels)
      throws IOException {
    Path artifact = folder.resolve("quantized");
    new ArtifactFolder(profile, SEED).write(model, artifact);
    try (PackedCheckpoint packed = PackedCheckpoint.open(LocalDirectory.of(artifact));
        EdgeModel edge =
            EdgeModel.open(LocalDirectory.of(artifact), new EdgeSettings(2, kernels))) {
      for (KeepRatio ratio : RATIOS) {
        try (LoadedDecoder expected = dequantised(packed, edge.widths(ratio))) {
          SessionSettings settings = new SessionSettings(TOKENS, BATCH, ratio);
          compare(expected, edge.session(settings), ratio + " as the widest");
          EdgeSession wide = edge.session(new SessionSettings(TOKENS, BATCH, KeepRatio.FULL));
          wide.setKeepRatio(ratio);
          compare(expected, wide, ratio + " of a wide session");
        }
      }
    }
  }

  private static void compare(LoadedDecoder expected, EdgeSession session, String what) {
    DecoderSpec spec = expected.spec();
    int[] ids = new Random(SEED).ints(TOKENS, 0, spec.vocabularySize()).toArray();
    float[] logits;
    try (PointerScope scope = new PointerScope()) {
      Tensor all = expected.logits(ids, 1, TOKENS);
      logits = Tensors.floats(all);
    }
    int vocabulary = spec.vocabularySize();
    float[] last = session.append(Arrays.copyOf(ids, PROMPT));
    for (int token = PROMPT - 1; token < TOKENS; token++) {
      float[] row = Arrays.copyOfRange(logits, token * vocabulary, (token + 1) * vocabulary);
      assertThat(relativeDifference(last, row))
          .as("%s, seed %d, behind token %d", what, SEED, token)
          .isLessThan(TOLERANCE);
      if (token + 1 < TOKENS) {
        last = session.append(ids[token + 1]);
      }
    }
  }

  /** The largest difference over the largest logit. */
  private static double relativeDifference(float[] actual, float[] expected) {
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.isFinite(actual[i])).as("logit %d is %s", i, actual[i]).isTrue();
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }

  private static LoadedDecoder dequantised(
      PackedCheckpoint packed, Map<Integer, BlockWidths> widths) throws IOException {
    PackedDecoder decoder = packed.decoder();
    Map<Integer, Weights> blocks = new HashMap<>();
    for (PackedLayout layout : decoder.blocks()) {
      int index = layout.block().blockIndex();
      PackedBlock cut = PackedBlock.read(layout, packed.checkpoint()).at(widths.get(index));
      blocks.put(index, DequantisedBlock.of(cut));
    }
    PackedReader reader = new PackedReader(packed.checkpoint());
    float[] norm = reader.vector(decoder.finalNorm());
    Weights outer;
    try (PointerScope scope = new PointerScope()) {
      outer =
          Weights.joined(
              List.of(
                  DequantisedBlock.of(decoder.embedding(), reader.map(decoder.embedding())),
                  Weights.of(Map.of(decoder.finalNorm().tensor().name(), Tensor.create(norm))),
                  DequantisedBlock.of(decoder.head(), reader.map(decoder.head()))));
    }
    return LoadedDecoder.of(decoder.at(widths).spec(), outer, blocks);
  }
}

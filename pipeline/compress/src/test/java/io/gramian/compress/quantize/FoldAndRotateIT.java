package io.gramian.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.TestData;
import io.gramian.compress.sort.Sorting;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folding norms and rotating the residual stream changes no logit. */
class FoldAndRotateIT {

  private static final long SEED = 207;
  private static final int SEQUENCES = 3;
  private static final int POSITIONS = 13;

  @TempDir private Path folder;

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void logitsStay(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder original = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      int[] ids = RandomModel.ids(model, new Random(SEED), SEQUENCES * POSITIONS);
      float[] before = Tensors.floats(original.logits(ids, SEQUENCES, POSITIONS));
      int hidden = model.spec().hiddenSize();
      for (Optional<Hadamard> rotation : List.of(Hadamard.ofSize(hidden), noRotation())) {
        try (LoadedDecoder prepared = prepared(original, rotation)) {
          float[] after = Tensors.floats(prepared.logits(ids, SEQUENCES, POSITIONS));
          assertThat(Sorting.relativeDifference(after, before))
              .as("seed %d", SEED)
              .isLessThan(1e-4);
          assertPrepared(prepared, original, rotation);
        }
      }
    }
  }

  private static Optional<Hadamard> noRotation() {
    return Optional.empty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-tiny", "qwen2-tiny", "mamba2-tiny", "bamba-tiny", "nemotron-h-tiny"})
  void logitsOfTrainedModelsStay(String name) throws IOException {
    try (ModelCheckpoint model = TestData.model(name);
        SafetensorsFile golden = TestData.golden(name);
        LoadedDecoder original = LoadedDecoder.load(model);
        LoadedDecoder prepared = prepared(original, Hadamard.ofSize(256));
        PointerScope scope = new PointerScope()) {
      int[] ids = TestData.ints(golden, "input_ids");
      float[] before = Tensors.floats(original.logits(ids, 2, 96));
      float[] after = Tensors.floats(prepared.logits(ids, 2, 96));
      assertThat(Sorting.relativeDifference(after, before)).isLessThan(1e-4);
    }
  }

  private static LoadedDecoder prepared(LoadedDecoder original, Optional<Hadamard> rotation) {
    FoldAndRotate transform = new FoldAndRotate(rotation);
    Map<Integer, Weights> blocks = new HashMap<>();
    for (ResidualBlock block : original.spec().blocks()) {
      blocks.put(
          block.blockIndex(),
          transform.apply(block, QuantisedDecoder.copy(original.weights(block))));
    }
    Weights outer =
        Weights.joined(
            List.of(
                RotatedTables.embedding(original.spec(), original.outer(), rotation),
                RotatedTables.head(original.spec(), original.outer(), rotation)));
    return LoadedDecoder.of(PackedDecoder.untied(original.spec()), outer, blocks);
  }

  /** Norms are ones; the embedding moved if there is a rotation. */
  private static void assertPrepared(
      LoadedDecoder prepared, LoadedDecoder original, Optional<Hadamard> rotation) {
    Map<String, float[]> norms = new LinkedHashMap<>();
    for (ResidualBlock block : prepared.spec().blocks()) {
      String norm = block.norm().weight();
      norms.put(norm, Tensors.floats(prepared.weights(block).get(norm)));
      assertThat(new FoldAndRotate(rotation).describe(block)).isEqualTo(block);
    }
    String last = prepared.spec().finalNorm().weight();
    norms.put(last, Tensors.floats(prepared.outer().get(last)));
    norms.forEach((name, norm) -> assertThat(norm).as(name).containsOnly(1f));
    String embedding = original.spec().embedding();
    Tensor after = prepared.outer().get(embedding);
    boolean same =
        Arrays.equals(Tensors.floats(after), Tensors.floats(original.outer().get(embedding)));
    assertThat(same).isEqualTo(rotation.isEmpty());
  }
}

package io.gramian.compress.width;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.RandomWidths;
import io.gramian.compress.TestData;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.Sorting;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A masked model computes what the sliced one does: every family, mixer, bias and rotation. */
class MaskEqualsSliceIT {

  private static final long SEED = 1207;
  private static final int SEQUENCES = 3;
  private static final int POSITIONS = 13;
  private static final int DRAWS = 4;

  @TempDir private Path folder;

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void onRandomModelsAtAnyWidths(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder original = LoadedDecoder.load(model)) {
      Random random = new Random(SEED);
      int[] ids = RandomModel.ids(model, random, SEQUENCES * POSITIONS);
      try (LoadedDecoder sorted = Sorting.sort(original, SortCriteria.DEFAULT, ids, POSITIONS)) {
        for (double ratio : new double[] {1.0, 0.85, 0.5, 0.2}) {
          assertEqual(sorted, RandomWidths.uniform(sorted.spec(), ratio), ids, config + ratio);
        }
        for (int draw = 0; draw < DRAWS; draw++) {
          assertEqual(sorted, RandomWidths.random(sorted.spec(), random), ids, config + draw);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-tiny", "qwen2-tiny", "mamba2-tiny", "bamba-tiny", "nemotron-h-tiny"})
  void onTrainedModels(String name) throws IOException {
    try (ModelCheckpoint model = TestData.model(name);
        SafetensorsFile golden = TestData.golden(name);
        LoadedDecoder original = LoadedDecoder.load(model)) {
      int[] ids = Arrays.copyOf(TestData.ints(golden, "input_ids"), SEQUENCES * POSITIONS);
      try (LoadedDecoder sorted = Sorting.sort(original, SortCriteria.DEFAULT, ids, POSITIONS)) {
        Map<Integer, BlockWidths> widths = RandomWidths.random(sorted.spec(), new Random(SEED));
        assertEqual(sorted, widths, ids, name);
        assertEqual(sorted, RandomWidths.uniform(sorted.spec(), 0.65), ids, name);
      }
    }
  }

  private static void assertEqual(
      LoadedDecoder sorted, Map<Integer, BlockWidths> widths, int[] ids, String what) {
    MaskedBlock mask = new MaskedBlock(widths);
    SlicedBlock slice = new SlicedBlock(widths);
    try (PointerScope scope = new PointerScope();
        LoadedDecoder masked = changed(sorted, mask);
        LoadedDecoder sliced = changed(sorted, slice)) {
      assertShapes(masked);
      assertShapes(sliced);
      assertThat(masked.spec().parameterCount())
          .isGreaterThanOrEqualTo(sorted.spec().parameterCount());
      float[] expected = Tensors.floats(sliced.logits(ids, SEQUENCES, POSITIONS));
      float[] actual = Tensors.floats(masked.logits(ids, SEQUENCES, POSITIONS));
      assertThat(Sorting.relativeDifference(actual, expected))
          .as("%s, seed %d, %s", what, SEED, widths)
          .isLessThan(1e-5);
    }
  }

  private static LoadedDecoder changed(LoadedDecoder sorted, BlockTransform transform) {
    DecoderSpec spec = sorted.spec();
    List<ResidualBlock> blocks = spec.blocks().stream().map(transform::describe).toList();
    return sorted.with(
        spec.withBlocks(blocks), (block, weights) -> transform.apply(block, copied(weights)));
  }

  /** A transform takes its input over. */
  private static Weights copied(Weights weights) {
    Map<String, Tensor> tensors = new java.util.LinkedHashMap<>();
    weights.names().forEach(name -> tensors.put(name, weights.get(name)));
    return Weights.of(tensors);
  }

  private static void assertShapes(LoadedDecoder decoder) {
    for (ResidualBlock block : decoder.spec().blocks()) {
      Weights weights = decoder.weights(block);
      assertThat(weights.names())
          .containsExactlyInAnyOrderElementsOf(
              block.tensors().stream().map(TensorShape::name).toList());
      for (TensorShape shape : block.tensors()) {
        long[] sizes = shape.shape().stream().mapToLong(Long::longValue).toArray();
        assertThat(weights.get(shape.name()).shape()).as(shape.name()).isEqualTo(sizes);
      }
    }
  }
}

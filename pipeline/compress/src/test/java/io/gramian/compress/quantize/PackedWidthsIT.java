package io.gramian.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.sort.Sorting;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.MaskedBlock;
import io.gramian.compress.width.SlicedBlock;
import io.gramian.model.BlockWidths;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.DecoderSpec;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A width of the packed model is that width of the dequantised one. */
class PackedWidthsIT {

  private static final long SEED = 13;
  private static final int SEQUENCES = 4;
  private static final int POSITIONS = 13;

  @TempDir private Path folder;

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aPrefixIsTheSlice(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder dense = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      Random random = new Random(SEED);
      int[] ids = RandomModel.ids(model, random, SEQUENCES * POSITIONS);
      Quantisation how =
          new Quantisation(
              Quantisation.Method.GPTQ, ScaleRule.SEARCHED, 8, Quantisation.Passes.INPUT);
      QuantisedDecoder packed = QuantisedDecoder.of(dense, how, ids, POSITIONS);
      for (PackedBlock block : packed.blocks()) {
        assertSlice(block, evenWidths(block.layout().block(), random));
      }
      assertMask(packed, random, ids);
    }
  }

  private static void assertSlice(PackedBlock packed, BlockWidths widths) {
    ResidualBlock block = packed.layout().block();
    ResidualBlock narrow = NarrowedBlock.of(block, widths);
    PackedBlock cut = packed.at(widths);
    assertThat(cut.layout().block()).isEqualTo(narrow);
    try (Weights whole = DequantisedBlock.of(packed);
        Weights expected = SlicedBlock.of(block, widths, whole);
        Weights actual = DequantisedBlock.of(cut)) {
      assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      for (String name : expected.names()) {
        float[] slice = Tensors.floats(expected.get(name));
        float[] prefix = Tensors.floats(actual.get(name));
        // An output bias that took up value biases is rounded to F16.
        double tolerance = name.endsWith(".bias") ? 1e-3 : 0;
        assertThat(prefix).hasSameSizeAs(slice);
        for (int i = 0; i < slice.length; i++) {
          assertThat((double) prefix[i])
              .as("seed %d, %s", SEED, name)
              .isCloseTo(slice[i], within(tolerance * (1 + Math.abs(slice[i]))));
        }
      }
    }
  }

  /** The narrow model's logits are the masked model's. */
  private static void assertMask(QuantisedDecoder packed, Random random, int[] ids) {
    DecoderSpec spec = packed.layout().spec();
    Map<Integer, BlockWidths> widths = new HashMap<>();
    spec.blocks().forEach(b -> widths.put(b.blockIndex(), evenWidths(b, random)));
    MaskedBlock mask = new MaskedBlock(widths);
    DecoderSpec masked = spec.withBlocks(spec.blocks().stream().map(mask::describe).toList());
    try (LoadedDecoder whole = packed.dequantised();
        LoadedDecoder zeroed =
            whole.with(
                masked, (b, weights) -> MaskedBlock.of(b, widths.get(b.blockIndex()), weights));
        LoadedDecoder narrow = packed.at(widths)) {
      float[] expected = Tensors.floats(zeroed.logits(ids, SEQUENCES, POSITIONS));
      float[] actual = Tensors.floats(narrow.logits(ids, SEQUENCES, POSITIONS));
      assertThat(Sorting.relativeDifference(actual, expected)).as("seed %d", SEED).isLessThan(1e-3);
    }
  }

  private static BlockWidths evenWidths(ResidualBlock block, Random random) {
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    for (CoupledUnits units : CouplingGroups.of(block)) {
      Coupling coupling = units.group().coupling();
      int step = coupling == Coupling.QUERY_KEY || coupling == Coupling.B_C ? 1 : 2;
      kept.computeIfAbsent(
          coupling,
          c ->
              units.segments().stream()
                  .map(s -> step * (1 + random.nextInt(s.units() / step)))
                  .toList());
    }
    return new BlockWidths(kept);
  }
}

package io.gramian.model.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.DecoderSpec;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every width of a packed block is a prefix of the same bytes. */
class PackedBlockTest {

  private static final int GROUP = 4;

  @TempDir private Path folder;

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  private static DecoderSpec spec(String config) {
    return Families.describe(RandomCheckpoint.hfConfig(RandomConfigs.all().get(config)));
  }

  /** From one unit to all of every coupling and segment; even where they are columns. */
  private static BlockWidths widths(ResidualBlock block, Random random) {
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    for (CoupledUnits units : CouplingGroups.of(block)) {
      Coupling coupling = units.group().coupling();
      boolean columns = coupling != Coupling.QUERY_KEY && coupling != Coupling.B_C;
      kept.computeIfAbsent(
          coupling,
          c ->
              units.segments().stream()
                  .map(
                      s ->
                          columns
                              ? 2 + 2 * random.nextInt(s.units() / 2)
                              : random.nextInt(s.units()) + 1)
                  .toList());
    }
    return new BlockWidths(kept);
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aWidthHasTheBytesOfTheSliceThatIsPackedAnew(String config) {
    for (long seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      for (ResidualBlock block : spec(config).blocks()) {
        PlacedWeights weights = new PlacedWeights(block, GROUP);
        BlockWidths widths = widths(block, random);
        PackedBlock actual = weights.whole().at(widths);
        PackedBlock expected = weights.slice(widths);
        assertThat(actual.layout()).isEqualTo(expected.layout());
        assertSameBytes(actual, expected, outputBias(block, widths), "seed " + seed);
      }
    }
  }

  /** The one tensor that a width changes: it takes up the biases of dropped values. */
  private static Optional<String> outputBias(ResidualBlock block, BlockWidths widths) {
    return block.mixer() instanceof Attention attention
            && attention.value().biasName().isPresent()
            && widths.kept().get(Coupling.VALUE_OUTPUT).get(0) < attention.valueSize()
        ? Optional.of(NarrowedBlock.outputBias(attention))
        : Optional.empty();
  }

  private static void assertSameBytes(
      PackedBlock actual, PackedBlock expected, Optional<String> but, String what) {
    List<TensorSpec> tensors = actual.layout().tensors();
    for (int i = 0; i < tensors.size(); i++) {
      if (!but.equals(Optional.of(tensors.get(i).name()))) {
        assertThat(actual.bytes().get(i))
            .as("%s, %s", what, tensors.get(i))
            .isEqualTo(expected.bytes().get(i));
      }
    }
  }

  /** Attention weights sum to one, so a dropped channel's bias is a constant of the output. */
  @ParameterizedTest
  @MethodSource("configs")
  void theOutputBiasTakesUpDroppedValueBiases(String config) {
    for (ResidualBlock block : spec(config).blocks()) {
      BlockWidths widths = widths(block, new Random(3));
      outputBias(block, widths)
          .ifPresent(
              name -> {
                Attention attention = (Attention) block.mixer();
                PackedBlock whole = new PlacedWeights(block, GROUP).whole();
                int kept = widths.kept().get(Coupling.VALUE_OUTPUT).get(0);
                assertThat(whole.at(widths).vector(name))
                    .isEqualTo(expectedBias(attention, whole, kept));
              });
    }
  }

  private static float[] expectedBias(Attention attention, PackedBlock whole, int kept) {
    float[] output =
        attention
            .output()
            .biasName()
            .map(whole::vector)
            .orElse(new float[attention.output().out()]);
    float[] values = whole.vector(attention.value().biasName().orElseThrow());
    int size = attention.valueSize();
    float[] rows = whole.matrix(attention.output().weight()).dequantised(0, output.length);
    float[] expected = new float[output.length];
    for (int row = 0; row < expected.length; row++) {
      double sum = 0;
      for (int head = 0; head < attention.layout().heads(); head++) {
        int kvHead = head / attention.layout().queriesPerKvHead();
        for (int channel = kept; channel < size; channel++) {
          sum +=
              rows[row * attention.output().in() + head * size + channel]
                  * (double) values[kvHead * size + channel];
        }
      }
      expected[row] = FloatCodec.roundedToF16(output[row] + (float) sum);
    }
    return expected;
  }

  /** What is written is what is read. */
  @ParameterizedTest
  @MethodSource("configs")
  void tensorsSurviveTheFile(String config) throws IOException {
    List<ResidualBlock> blocks = spec(config).blocks();
    List<PackedBlock> written =
        blocks.stream().map(block -> new PlacedWeights(block, GROUP).whole()).toList();
    write(written);
    try (Checkpoint artifact = Checkpoint.open(LocalDirectory.of(folder))) {
      for (PackedBlock block : written) {
        PackedBlock read = PackedBlock.read(block.layout(), artifact);
        assertSameBytes(read, block, Optional.empty(), config);
      }
    }
  }

  private void write(List<PackedBlock> blocks) throws IOException {
    LocalDirectory directory = LocalDirectory.of(folder);
    try (OutputStream out = directory.create("config.json")) {
      out.write("{}".getBytes(StandardCharsets.UTF_8));
    }
    List<TensorSpec> specs = blocks.stream().flatMap(b -> b.layout().tensors().stream()).toList();
    try (OutputStream out = directory.create("model.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter(out, Map.of(), specs)) {
      for (PackedBlock block : blocks) {
        for (ByteBuffer bytes : block.bytes()) {
          writer.append(bytes);
        }
      }
    }
  }

  @Test
  void refusesTensorsOfAnotherType() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaGrouped(), 3).write(LocalDirectory.of(folder));
    PackedVector norm = PackedDecoder.of(spec("llamaGrouped"), GROUP).finalNorm();
    try (Checkpoint dense = Checkpoint.open(LocalDirectory.of(folder))) {
      PackedVector half = new PackedVector(norm.tensor(), norm.rows(), DType.F16);
      assertThatThrownBy(() -> new PackedReader(dense).vector(half))
          .isInstanceOf(UserException.class)
          .hasMessage(
              dense.directory().name()
                  + ": tensor 'model.norm.weight' is F32 instead of F16: the file is no packed"
                  + " artifact; quantize again");
    }
  }

  @Test
  void refusesPartsThatDoNotFit() {
    PackedBlock whole = new PlacedWeights(spec("llamaGrouped").blocks().get(1), GROUP).whole();
    PackedLayout other = PackedLayout.of(whole.layout().block(), 2);
    Map<String, PackedMatrix> matrices = new HashMap<>();
    whole
        .layout()
        .maps()
        .forEach(m -> matrices.put(m.map().weight(), whole.matrix(m.map().weight())));
    assertThatThrownBy(() -> PackedBlock.of(other, matrices, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gate_proj.weight cannot be PackedMatrix");
    assertThatThrownBy(() -> PackedBlock.of(whole.layout(), matrices, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another number of elements");
  }
}

package io.gramian.model.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.model.AxisSources;
import io.gramian.model.CoupledAxis;
import io.gramian.model.CouplingGroups;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Mamba2;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorAxis;
import io.gramian.model.TensorShape;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for every family and every kind of checkpoint. */
class FamilyContractTest {

  @TempDir private Path folder;

  static Set<String> fixtures() {
    return RandomConfigs.all().keySet();
  }

  @Test
  void everyFamilyHasAFixture() {
    assertThat(RandomConfigs.all().values())
        .extracting(config -> config.get("model_type"))
        .containsAll(Families.all().stream().map(ModelFamily::modelType).toList());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void namesResolveAndNoTensorIsUnknown(String fixture) throws IOException {
    LocalDirectory directory = LocalDirectory.of(folder);
    RandomCheckpoint.of(RandomConfigs.all().get(fixture), 1).write(directory);

    try (ModelCheckpoint model = ModelCheckpoint.open(directory)) {
      model.validate();
      assertThat(model.unknownTensors()).isEmpty();
      assertThat(model.checkpoint().tensorNames())
          .containsExactlyInAnyOrderElementsOf(names(model.spec()));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void ordersTouchEveryAxisWholeAndOnce(String fixture) {
    for (ResidualBlock block : describe(fixture).blocks()) {
      Map<String, TensorShape> shapes =
          block.tensors().stream().collect(Collectors.toMap(TensorShape::name, shape -> shape));
      Map<TensorAxis, List<Integer>> touched =
          CouplingGroups.of(block).stream()
              .flatMap(units -> units.axes().stream())
              .collect(
                  Collectors.groupingBy(
                      axis -> new TensorAxis(axis.tensor(), axis.axis()),
                      Collectors.flatMapping(FamilyContractTest::channels, Collectors.toList())));

      touched.forEach(
          (axis, channels) -> {
            int size =
                Math.toIntExact(shapes.get(axis.tensor()).shape().get(axis.axis()))
                    - rowsThatStay(block, axis);
            assertThat(channels)
                .as("%s of block %d", axis, block.blockIndex())
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, size).boxed().toList());
          });
      AxisSources.of(block, Map.of())
          .forEach(
              (axis, sources) ->
                  assertThat(sources)
                      .as(axis.toString())
                      .containsExactly(IntStream.range(0, sources.length).toArray()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-tiny", "qwen2-tiny", "mamba2-tiny", "bamba-tiny", "nemotron-h-tiny"})
  void namesAndShapesAreThoseThatHuggingFaceWrote(String model) throws IOException {
    DecoderSpec spec =
        Families.describe(HfConfig.parse(model, resource("/hf/" + model + ".config.json")));

    assertThat(spec.tensors())
        .extracting(tensor -> tensor.name() + " " + tensor.shape())
        .containsExactlyInAnyOrderElementsOf(
            resource("/hf/" + model + ".tensors.txt").lines().toList());
  }

  /**
   * The rows of dt stand at the end of a state space mixer's input map, and no order moves them.
   */
  private static int rowsThatStay(ResidualBlock block, TensorAxis axis) {
    return block.mixer() instanceof Mamba2 mamba2
            && mamba2.input().tensors().stream().anyMatch(t -> t.name().equals(axis.tensor()))
        ? mamba2.layout().heads()
        : 0;
  }

  private static Stream<Integer> channels(CoupledAxis axis) {
    List<Integer> all = IntStream.range(0, axis.units()).boxed().toList();
    return IntStream.of(axis.sources(all)).boxed();
  }

  private static DecoderSpec describe(String fixture) {
    return Families.describe(RandomCheckpoint.hfConfig(RandomConfigs.all().get(fixture)));
  }

  private static List<String> names(DecoderSpec spec) {
    return spec.tensors().stream().map(TensorShape::name).toList();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = FamilyContractTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

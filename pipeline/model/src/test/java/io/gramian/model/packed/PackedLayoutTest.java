package io.gramian.model.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.HybridConfigs;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names, orders, groups and bytes of packed tensors. */
class PackedLayoutTest {

  private static final int GROUP = 128;

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  private static DecoderSpec spec(Map<String, Object> config) {
    return Families.describe(RandomCheckpoint.hfConfig(config));
  }

  private static PackedLayout block(String config, int index) {
    return PackedDecoder.of(spec(RandomConfigs.all().get(config)), GROUP).blocks().get(index);
  }

  private static PackedMap map(PackedLayout layout, String name) {
    return layout.maps().stream()
        .filter(map -> map.map().weight().contains(name))
        .findFirst()
        .orElseThrow();
  }

  /** 2 KV heads of 6 channels. */
  @Test
  void rotaryPairsStandSideBySide() {
    PackedLayout layout = block("llamaGrouped", 0);
    assertThat(map(layout, "k_proj").rows().sources())
        .containsExactly(0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11);
    assertThat(map(layout, "v_proj").rows().sources()).isEqualTo(IntStream.range(0, 12).toArray());
  }

  /** Heads of 12 of which 6 rotate. */
  @Test
  void channelsThatPassThroughFollowTheRotaryOnes() {
    DecoderSpec spec = spec(RandomConfigs.all().get("bambaHalfRotary"));
    ResidualBlock attention =
        spec.blocks().stream()
            .filter(block -> block.mixer().kind().equals("attention"))
            .findFirst()
            .orElseThrow();
    PackedAxis rows = map(PackedLayout.of(attention, GROUP), "q_proj").rows();
    assertThat(Arrays.copyOf(rows.sources(), 14))
        .containsExactly(0, 3, 1, 4, 2, 5, 6, 7, 8, 9, 10, 11, 12, 15);
    BlockWidths widths = new BlockWidths(Map.of(Coupling.QUERY_KEY, List.of(2, 1)));
    assertThat(Arrays.copyOf(rows.places(widths), 7)).containsExactly(0, 1, 2, 3, 6, 12, 13);
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyRowHasOnePlace(String config) {
    for (PackedLayout layout :
        PackedDecoder.of(spec(RandomConfigs.all().get(config)), GROUP).blocks()) {
      for (PackedMap map : layout.maps()) {
        int[] sorted = map.rows().sources();
        Arrays.sort(sorted);
        assertThat(sorted).isEqualTo(IntStream.range(0, map.map().out()).toArray());
        assertThat(map.columns().sources())
            .as("columns stay")
            .isEqualTo(IntStream.range(0, map.map().in()).toArray());
      }
    }
  }

  /** Columns of the output map restart their groups at every query head: 8 of 6. */
  @Test
  void groupsEndWithAHead() {
    PackedLayout layout = block("llamaGrouped", 0);
    assertThat(map(layout, "o_proj").groups().runs()).containsExactly(6, 6, 6, 6, 6, 6, 6, 6);
    assertThat(map(layout, "q_proj").groups().runs()).containsExactly(48);
    assertThat(map(layout, "o_proj").groups().groups()).isEqualTo(8);
  }

  @Test
  void namesAndTypesAreThoseOfTheFormat() {
    List<TensorSpec> tensors = block("llamaBiases", 1).tensors();
    String mlp = "model.layers.0.mlp.";
    assertThat(tensors)
        .containsExactly(
            new TensorSpec(mlp + "gate_proj.qweight", DType.U8, List.of(52L, 20L)),
            new TensorSpec(mlp + "gate_proj.scales", DType.F16, List.of(52L, 1L)),
            new TensorSpec(mlp + "up_proj.qweight", DType.U8, List.of(52L, 20L)),
            new TensorSpec(mlp + "up_proj.scales", DType.F16, List.of(52L, 1L)),
            new TensorSpec(mlp + "down_proj.qweight", DType.U8, List.of(40L, 26L)),
            new TensorSpec(mlp + "down_proj.scales", DType.F16, List.of(40L, 1L)),
            new TensorSpec(
                "model.layers.0.post_attention_layernorm.weight", DType.F32, List.of(40L)),
            new TensorSpec(mlp + "gate_proj.bias", DType.F16, List.of(52L)),
            new TensorSpec(mlp + "up_proj.bias", DType.F16, List.of(52L)),
            new TensorSpec(mlp + "down_proj.bias", DType.F16, List.of(40L)));
  }

  @Test
  void tiedTablesPart() {
    PackedDecoder packed = PackedDecoder.of(spec(RandomConfigs.llamaTied()), GROUP);
    assertThat(packed.spec().head()).isEqualTo("lm_head.weight");
    assertThat(packed.head().qweight()).isEqualTo("lm_head.qweight");
    assertThat(packed.embedding().qweight()).isEqualTo("model.embed_tokens.qweight");
    assertThat(packed.tensors()).doesNotHaveDuplicates();
  }

  /** Two nibbles share a byte, so a width must not end within one. */
  @Test
  void refusesAnOddNumberOfColumns() {
    PackedLayout layout = block("llamaGrouped", 1);
    BlockWidths odd = new BlockWidths(Map.of(Coupling.MLP, List.of(13)));
    assertThatThrownBy(() -> layout.at(odd))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "model.layers.0.mlp.down_proj.weight: 13 columns of a unit of mlp cannot be packed two"
                + " to a byte: choose widths that keep an even number");
    assertThatThrownBy(() -> PackedMap.fixed("lm_head.weight", 3, 207, GROUP))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "lm_head.weight: 207 columns cannot be packed two to a byte: choose widths that keep an"
                + " even number");
  }

  @Test
  void refusesAnOddGroup() {
    assertThatThrownBy(() -> PackedMap.fixed("lm_head.weight", 3, 208, 127))
        .isInstanceOf(UserException.class)
        .hasMessage("quantisation-group is 127: it must be even, because two values share a byte");
  }

  /** Llama-3.1-8B: 8.03 billion weights, a vocabulary of 128256, heads of 128. */
  private static DecoderSpec llama8b() {
    return spec(
        RandomConfigs.with(
            RandomConfigs.llamaGrouped(),
            Map.of(
                "hidden_size", 4096,
                "intermediate_size", 14336,
                "vocab_size", 128256,
                "num_hidden_layers", 32,
                "num_attention_heads", 32,
                "num_key_value_heads", 8)));
  }

  @Test
  void aPackedModelIsAQuarterOfItsSize() {
    DecoderSpec spec = llama8b();
    PackedDecoder packed = PackedDecoder.of(spec, GROUP);
    double dense = 2.0 * spec.parameterCount();
    assertThat(dense).isEqualTo(16_060_522_496.0);
    assertThat(dense / packed.bytes()).isGreaterThan(3.85);
    Map<Integer, BlockWidths> widths = new HashMap<>();
    for (ResidualBlock block : spec.blocks()) {
      widths.put(
          block.blockIndex(),
          BlockWidths.uniform(block, new KeepRatio(0.65), new Granularity(128, 16, 16, 2)));
    }
    assertThat(dense / packed.at(widths).bytes()).isGreaterThan(5.5);
  }

  /** Heads of 128; attention heads of 64; 80 SSM heads of 64. */
  static Stream<DecoderSpec> sizesThatModelsHave() {
    return Stream.of(
        llama8b(),
        spec(
            RandomConfigs.with(
                RandomConfigs.llamaGrouped(),
                Map.of(
                    "hidden_size", 2048,
                    "intermediate_size", 8192,
                    "num_attention_heads", 32,
                    "num_key_value_heads", 8))),
        spec(
            RandomConfigs.with(
                HybridConfigs.mamba2OneGroup(),
                Map.of(
                    "hidden_size", 2560,
                    "num_heads", 80,
                    "head_dim", 64,
                    "state_size", 128))));
  }

  /** Groups that end with a head of 64 cost a quarter bit a weight, those of 128 an eighth. */
  @ParameterizedTest
  @MethodSource("sizesThatModelsHave")
  void linearWeightsTakeAQuarter(DecoderSpec spec) {
    for (PackedLayout layout : PackedDecoder.of(spec, GROUP).blocks()) {
      for (PackedMap map : layout.maps()) {
        long packed = map.tensors().stream().mapToLong(TensorSpec::bytes).sum();
        long dense = 2L * map.map().out() * map.map().in();
        assertThat((double) packed / dense).as(map.map().weight()).isLessThan(0.27);
      }
    }
  }
}

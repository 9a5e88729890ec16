package io.gramian.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.Activation;
import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.HeadLayout;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mamba2;
import io.gramian.model.Mlp;
import io.gramian.model.NormSpec;
import io.gramian.model.Rope;
import io.gramian.model.ScanLayout;
import io.gramian.model.fixture.HybridConfigs;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the keys of a config mean for Bamba. */
class BambaTest {

  private static final Map<String, Object> BAMBA = HybridConfigs.bambaHalfRotary();

  @Test
  void everyMixerIsFollowedByAnMlp() {
    DecoderSpec spec = describe(BAMBA);

    assertThat(spec.blocks()).extracting(b -> b.blockIndex()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(spec.blocks()).extracting(b -> b.layerIndex()).containsExactly(0, 0, 1, 1, 2, 2);
    assertThat(spec.blocks())
        .extracting(b -> b.mixer().kind())
        .containsExactly("mamba2", "mlp", "attention", "mlp", "mamba2", "mlp");
    assertThat(spec.blocks().get(4).norm())
        .isEqualTo(new NormSpec("model.layers.2.input_layernorm.weight", 48, 1e-5));
    assertThat(spec.blocks().get(5).norm().weight())
        .isEqualTo("model.layers.2.pre_ff_layernorm.weight");
    assertThat(spec.finalNorm().weight()).isEqualTo("model.final_layernorm.weight");
    assertThat(spec.head()).isEqualTo("lm_head.weight");
    assertThat(describe(HybridConfigs.bambaBiases()).head()).isEqualTo("model.embed_tokens.weight");
  }

  @Test
  void mixersHaveTheSizesOfTheConfig() {
    DecoderSpec spec = describe(BAMBA);
    Mlp mlp = (Mlp) spec.blocks().get(1).mixer();

    assertThat(stateSpace(BAMBA).layout()).isEqualTo(new ScanLayout(6, 16, 1, 10, 1, 16));
    assertThat(stateSpace(BAMBA).input().weight()).isEqualTo("model.layers.0.mamba.in_proj.weight");
    assertThat(attention(BAMBA).layout()).isEqualTo(new HeadLayout(4, 2, 12));
    assertThat(attention(BAMBA).query().weight())
        .isEqualTo("model.layers.1.self_attn.q_proj.weight");
    assertThat(mlp.gate().weight()).isEqualTo("model.layers.0.feed_forward.gate_proj.weight");
    assertThat(mlp.intermediateSize()).isEqualTo(52);
    assertThat(mlp.activation()).isEqualTo(Activation.SILU);
  }

  @Test
  void biasesAreWhereTheConfigSaysSo() {
    DecoderSpec biased = describe(HybridConfigs.bambaBiases());

    assertThat(biased.blocks())
        .flatExtracting(block -> block.mixer().maps())
        .allSatisfy(map -> assertThat(map.biasName()).isPresent());
    assertThat(describe(BAMBA).blocks())
        .flatExtracting(block -> block.mixer().maps())
        .extracting(LinearSpec::bias)
        .containsOnlyNulls();
    assertThat(stateSpace(BAMBA).convolution().biasName()).isPresent();
    assertThat(
            stateSpace(RandomConfigs.with(BAMBA, Map.of("mamba_conv_bias", false)))
                .convolution()
                .biasName())
        .isEmpty();
  }

  @Test
  void headSizesDefaultToTheirShareOfTheWidth() {
    Map<String, Object> absent = RandomConfigs.without(BAMBA, "mamba_d_head");

    assertThat(stateSpace(absent).layout().headSize()).isEqualTo(16);
    assertThat(stateSpace(RandomConfigs.with(BAMBA, Map.of("mamba_expand", 3))).layout().headSize())
        .isEqualTo(24);
    assertRefused(Map.of("mamba_d_head", "wide"))
        .hasMessage("config.json: mamba_d_head is \"wide\": it must be a number or \"auto\"");
    assertRefused(Map.of("mamba_d_head", 0))
        .hasMessage("config.json: mamba_d_head is 0: it must be at least 1");
    assertRefused(Map.of("mamba_d_head", 8))
        .hasMessage(
            "config.json: 6 SSM heads of 8 channels are 48 channels, but mamba_expand 2.0 times"
                + " hidden_size 48 is 96: both are the width of the state space mixer");
    assertRefused(Map.of("mamba_n_heads", 7))
        .hasMessageStartingWith("config.json: 7 SSM heads of 13 channels are 91 channels, but ");
  }

  @Test
  void halfOfEveryHeadRotates() {
    Rope half = attention(BAMBA).rotary().orElseThrow();

    assertThat(half.rotarySize()).isEqualTo(6);
    assertThat(half.inverseFrequencies()).isEqualTo(RopeFrequencies.unscaled(6, 10_000));
    assertThat(rotarySize(RandomConfigs.without(BAMBA, "partial_rotary_factor"))).isEqualTo(6);
    assertThat(rotarySize(RandomConfigs.with(BAMBA, Map.of("partial_rotary_factor", 1.0))))
        .isEqualTo(12);
    assertThat(rotarySize(RandomConfigs.with(BAMBA, Map.of("attn_rotary_emb", 6)))).isEqualTo(6);
    assertThat(
            rotarySize(
                RandomConfigs.with(
                    RandomConfigs.without(BAMBA, "partial_rotary_factor"),
                    Map.of("attn_rotary_emb", 8))))
        .isEqualTo(8);
  }

  @Test
  void theNewSectionHoldsFactorAndThetaToo() {
    Map<String, Object> section =
        Map.of(
            "rope_type", "linear", "factor", 2.0, "rope_theta", 77.0, "partial_rotary_factor", 0.7);
    Rope rope =
        attention(
                RandomConfigs.with(
                    RandomConfigs.without(BAMBA, "partial_rotary_factor"),
                    Map.of("rope_parameters", section)))
            .rotary()
            .orElseThrow();

    assertThat(rope.rotarySize()).as("8.4 channels").isEqualTo(8);
    assertThat(rope.inverseFrequencies())
        .isEqualTo(RopeFrequencies.linear(RopeFrequencies.unscaled(8, 77), 2));
  }

  @Test
  void rotationsThatCannotBeAreRefused() {
    assertRefused(Map.of("attn_rotary_emb", 8))
        .hasMessage(
            "config.json: attn_rotary_emb is 8, but partial_rotary_factor 0.5 of head_dim 12 is 6:"
                + " they must agree");
    assertRefused(Map.of("partial_rotary_factor", 0.45))
        .hasMessage(
            "config.json: 5 of the 12 channels of a head rotate: it must be an even number from 2 to"
                + " all, because they turn in pairs");
    assertRefused(Map.of("partial_rotary_factor", 0.0))
        .hasMessageStartingWith("config.json: 0 of the 12 channels");
    assertRefused(Map.of("partial_rotary_factor", 2.0))
        .hasMessageStartingWith("config.json: 24 of the 12 channels");
  }

  @Test
  void attentionStandsWhereTheListSaysSo() {
    assertThat(describe(RandomConfigs.without(BAMBA, "attn_layer_indices")).blocks())
        .extracting(b -> b.mixer().kind())
        .containsExactly("mamba2", "mlp", "mamba2", "mlp", "mamba2", "mlp");
    assertRefused(Map.of("attn_layer_indices", List.of(1, 3)))
        .hasMessage(
            "config.json: attn_layer_indices holds 3, but num_hidden_layers is 3: give layers of"
                + " 0..2");
    assertRefused(Map.of("attn_layer_indices", List.of(-1)))
        .hasMessageStartingWith("config.json: attn_layer_indices holds -1, but ");
  }

  @Test
  void stepsHaveNoLimitUnlessGiven() {
    assertThat(stateSpace(BAMBA).scan().stepMinimum()).isEqualTo(0);
    assertThat(stateSpace(BAMBA).scan().stepMaximum()).isInfinite();
    assertThat(
            stateSpace(RandomConfigs.with(BAMBA, Map.of("time_step_limit", List.of(0.25, 0.5))))
                .scan()
                .stepMinimum())
        .isEqualTo(0.25);
  }

  @Test
  void anActivationThatIsNotTheConvolutionsIsRefused() {
    assertRefused(Map.of("hidden_act", "gelu"))
        .hasMessageStartingWith("config.json: hidden_act \"gelu\" is not supported: after the");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "intermediate_size",
        "mamba_n_heads",
        "mamba_n_groups",
        "mamba_d_state",
        "mamba_d_conv",
        "num_attention_heads"
      })
  void sizesThatAreNotPositiveOrMissingAreRefused(String key) {
    assertRefused(Map.of(key, 0))
        .hasMessage("config.json: " + key + " is 0: it must be at least 1");
    assertThatThrownBy(() -> describe(RandomConfigs.without(BAMBA, key)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'" + key + "' is missing");
  }

  private static int rotarySize(Map<String, Object> config) {
    return attention(config).rotary().orElseThrow().rotarySize();
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Map<String, Object> changes) {
    return assertThatThrownBy(() -> describe(RandomConfigs.with(BAMBA, changes)))
        .isInstanceOf(UserException.class);
  }

  private static DecoderSpec describe(Map<String, Object> config) {
    return Families.describe(RandomCheckpoint.hfConfig(config));
  }

  private static Mamba2 stateSpace(Map<String, Object> config) {
    return (Mamba2) describe(config).blocks().get(0).mixer();
  }

  private static Attention attention(Map<String, Object> config) {
    return (Attention) describe(config).blocks().get(2).mixer();
  }
}

package io.gramian.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.model.Activation;
import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.HeadLayout;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import io.gramian.model.Rope;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the keys of a config mean for Llama and Qwen2. */
class LlamaLikeTest {

  private static final Map<String, Object> LLAMA = RandomConfigs.llamaTied();

  @Test
  void layersAreAttentionAndMlpInTurn() {
    DecoderSpec spec = describe(RandomConfigs.llamaMultiQuery());

    assertThat(spec.blocks()).extracting(b -> b.blockIndex()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(spec.blocks()).extracting(b -> b.layerIndex()).containsExactly(0, 0, 1, 1, 2, 2);
    assertThat(spec.blocks())
        .extracting(b -> b.mixer().kind())
        .containsExactly("attention", "mlp", "attention", "mlp", "attention", "mlp");
    assertThat(spec.blocks().get(4).norm().weight())
        .isEqualTo("model.layers.2.input_layernorm.weight");
    assertThat(spec.blocks().get(5).norm().weight())
        .isEqualTo("model.layers.2.post_attention_layernorm.weight");
    assertThat(spec.finalNorm().weight()).isEqualTo("model.norm.weight");
    assertThat(spec.finalNorm().epsilon()).isEqualTo(1e-5);
  }

  @Test
  void headsDefaultToOneKvHeadEachAndToTheirShareOfTheStream() {
    assertThat(attention(RandomConfigs.llamaMultiHead()).layout())
        .isEqualTo(new HeadLayout(4, 4, 10));
    assertThat(attention(RandomConfigs.llamaGrouped()).layout()).isEqualTo(new HeadLayout(8, 2, 6));
    assertThat(attention(RandomConfigs.llamaWideHeads()).layout())
        .isEqualTo(new HeadLayout(8, 2, 6));
    assertThat(attention(RandomConfigs.llamaWideHeads()).output().in()).isEqualTo(48);
  }

  @Test
  void aHeadIsTiedOnlyIfTheConfigSaysSo() {
    assertThat(describe(LLAMA).head()).isEqualTo("model.embed_tokens.weight");
    assertThat(describe(RandomConfigs.llamaGrouped()).head()).isEqualTo("lm_head.weight");
    assertThat(describe(RandomConfigs.without(LLAMA, "tie_word_embeddings")).tied()).isFalse();
  }

  @Test
  void biasesAreWhereTheFamilyHasThem() {
    assertThat(attention(LLAMA).maps()).extracting(LinearSpec::bias).containsOnlyNulls();
    assertThat(attention(RandomConfigs.llamaBiases()).maps())
        .extracting(map -> map.biasName().orElseThrow().replace("model.layers.0.self_attn.", ""))
        .containsExactly("q_proj.bias", "k_proj.bias", "v_proj.bias", "o_proj.bias");
    assertThat(mlp(RandomConfigs.llamaBiases()).maps())
        .extracting(map -> map.biasName().orElseThrow().replace("model.layers.0.mlp.", ""))
        .containsExactly("gate_proj.bias", "up_proj.bias", "down_proj.bias");
    assertThat(attention(RandomConfigs.qwen2Tied()).maps())
        .extracting(map -> map.biasName().isPresent())
        .containsExactly(true, true, true, false);
    assertThat(mlp(RandomConfigs.qwen2Tied()).maps())
        .extracting(LinearSpec::bias)
        .containsOnlyNulls();
  }

  @ParameterizedTest
  @CsvSource({
    "silu, SILU",
    "swish, SILU",
    "gelu, GELU",
    "gelu_pytorch_tanh, GELU_TANH",
    "gelu_new, GELU_TANH",
    "relu2, RELU_SQUARED"
  })
  void activationsGoByTheirHuggingFaceNames(String name, Activation activation) {
    assertThat(mlp(RandomConfigs.with(LLAMA, Map.of("hidden_act", name))).activation())
        .isEqualTo(activation);
  }

  @Test
  void anUnknownActivationIsRefused() {
    assertRefused(Map.of("hidden_act", "tanh"))
        .hasMessage(
            "config.json: hidden_act \"tanh\" is not supported: only silu, swish, gelu,"
                + " gelu_pytorch_tanh, gelu_new and relu2 are");
  }

  @Test
  void headsThatDoNotDivideAreRefusedWithTheNumbers() {
    assertRefused(Map.of("num_attention_heads", 7))
        .hasMessage(
            "config.json: hidden_size 40 is not a multiple of num_attention_heads 7, and there is"
                + " no head_dim");
    assertRefused(Map.of("num_key_value_heads", 3))
        .hasMessage(
            "config.json: 4 query heads cannot share 3 KV heads evenly: num_attention_heads must be"
                + " a multiple of num_key_value_heads");
    assertRefused(Map.of("num_attention_heads", 8))
        .hasMessage(
            "config.json: head_dim is 5, but rotary embedding needs an even one: it turns channels"
                + " in pairs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden_size",
        "num_hidden_layers",
        "vocab_size",
        "intermediate_size",
        "num_attention_heads",
        "num_key_value_heads",
        "head_dim"
      })
  void sizesThatAreNotPositiveAreRefused(String key) {
    assertRefused(Map.of(key, 0))
        .hasMessageStartingWith("config.json: ")
        .hasMessageEndingWith(key + " is 0: it must be at least 1");
  }

  @Test
  void absurdNumbersAreRefused() {
    assertRefused(Map.of("num_hidden_layers", 2_000_000_000))
        .hasMessage(
            "config.json: num_hidden_layers is 2000000000: more than 10000 are a damaged file");
    assertRefused(Map.of("rms_norm_eps", -1e-5))
        .hasMessage("config.json: rms_norm_eps is -1.0E-5: it must be a small positive number");
  }

  @Test
  void aMissingSizeIsRefused() {
    assertThatThrownBy(() -> describe(RandomConfigs.without(LLAMA, "intermediate_size")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'intermediate_size' is missing");
  }

  @Test
  void aSlidingWindowIsRefused() {
    assertThatThrownBy(
            () ->
                describe(
                    RandomConfigs.with(
                        RandomConfigs.qwen2Tied(), Map.of("use_sliding_window", true))))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("config.json: use_sliding_window is true: Gramian's attention");
  }

  @Test
  void rotationByDefaultIsUnscaledWithTheta10000() {
    Rope rope = rope(RandomConfigs.without(LLAMA, "rope_theta"));

    assertThat(rope.rotarySize()).isEqualTo(10);
    assertThat(rope.inverseFrequencies()).isEqualTo(RopeFrequencies.unscaled(10, 10_000));
    assertThat(rope.attentionFactor()).isEqualTo(1);
    assertThat(rope.pairOrders()).isEmpty();
    assertThat(rope(RandomConfigs.with(LLAMA, Map.of("rope_theta", 500))).inverseFrequencies())
        .as("an integer is a number too")
        .isEqualTo(RopeFrequencies.unscaled(10, 500));
  }

  @Test
  void scalingIsFoundUnderItsOldAndNewNames() {
    List<Double> linear = RopeFrequencies.linear(RopeFrequencies.unscaled(10, 10_000), 2.5);
    Map<String, Object> byOldType = Map.of("type", "linear", "factor", 2.5);
    Map<String, Object> byNewType = Map.of("rope_type", "linear", "factor", 2.5);

    assertThat(frequencies(Map.of("rope_scaling", byOldType))).isEqualTo(linear);
    assertThat(frequencies(Map.of("rope_scaling", byNewType))).isEqualTo(linear);
    assertThat(frequencies(Map.of("rope_parameters", byNewType))).isEqualTo(linear);
    assertThat(frequencies(Map.of("rope_scaling", Map.of("rope_type", "default"))))
        .isEqualTo(RopeFrequencies.unscaled(10, 10_000));
  }

  @Test
  void thetaOfTheNewSectionWins() {
    assertThat(rope(RandomConfigs.qwen2Untied()).inverseFrequencies())
        .isEqualTo(RopeFrequencies.unscaled(10, 1e6));
    assertThat(frequencies(Map.of("rope_parameters", Map.of("rope_theta", 77.0))))
        .isEqualTo(RopeFrequencies.unscaled(10, 77));
  }

  @Test
  void llama3ScalingTouchesLowFrequenciesOnly() {
    List<Double> scaled = rope(RandomConfigs.llamaScaled()).inverseFrequencies();
    List<Double> plain = RopeFrequencies.unscaled(10, 10_000);

    assertThat(scaled.get(0)).isEqualTo(plain.get(0));
    assertThat(scaled.get(2)).isBetween(plain.get(2) / 8 * 1.01, plain.get(2) * 0.99);
    assertThat(scaled.get(4)).isCloseTo(plain.get(4) / 8, within(1e-18));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yarn", "dynamic", "longrope"})
  void otherScalingsAreRefused(String type) {
    assertRefused(Map.of("rope_scaling", Map.of("rope_type", type, "factor", 2.0)))
        .hasMessage(
            "config.json: rope_scaling.rope_type \""
                + type
                + "\" is not supported: only default, linear and llama3 are");
  }

  @Test
  void damagedScalingIsRefused() {
    assertRefused(Map.of("rope_scaling", Map.of("rope_type", "linear")))
        .hasMessageContaining("'rope_scaling.factor' is missing");
    assertRefused(Map.of("rope_scaling", Map.of("factor", 2.0)))
        .hasMessageContaining("'rope_scaling.rope_type' is missing");
    assertRefused(Map.of("rope_parameters", Map.of("full_attention", Map.of("rope_theta", 5.0))))
        .hasMessage(
            "config.json: rope_parameters holds one rotation for each kind of layer, but every layer"
                + " of this model type rotates alike");
    assertRefused(Map.of("rope_scaling", Map.of("rope_type", "linear", "factor", 0)))
        .hasMessage("config.json: rope_scaling.factor is 0.0: it must be positive and finite");
    assertRefused(Map.of("rope_theta", -1.0))
        .hasMessage("config.json: rope_theta is -1.0: it must be positive and finite");
    assertRefused(
            Map.of(
                "rope_parameters",
                Map.of(
                    "rope_type", "llama3",
                    "factor", 8.0,
                    "low_freq_factor", 4.0,
                    "high_freq_factor", 4.0,
                    "original_max_position_embeddings", 512)))
        .hasMessage(
            "config.json: rope_parameters.low_freq_factor is 4.0: it must be less than"
                + " high_freq_factor, which is 4.0");
    assertRefused(Map.of("partial_rotary_factor", 0.5))
        .hasMessage(
            "config.json: partial_rotary_factor is 0.5, but the heads of this model type rotate as"
                + " a whole");
  }

  private static List<Double> frequencies(Map<String, Object> changes) {
    return rope(RandomConfigs.with(LLAMA, changes)).inverseFrequencies();
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Map<String, Object> changes) {
    return assertThatThrownBy(() -> describe(RandomConfigs.with(LLAMA, changes)))
        .isInstanceOf(UserException.class);
  }

  private static DecoderSpec describe(Map<String, Object> config) {
    return Families.describe(RandomCheckpoint.hfConfig(config));
  }

  private static Attention attention(Map<String, Object> config) {
    return (Attention) describe(config).blocks().get(0).mixer();
  }

  private static Mlp mlp(Map<String, Object> config) {
    return (Mlp) describe(config).blocks().get(1).mixer();
  }

  private static Rope rope(Map<String, Object> config) {
    return attention(config).rotary().orElseThrow();
  }
}

package io.gramian.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.Activation;
import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mamba2;
import io.gramian.model.Mlp;
import io.gramian.model.NormSpec;
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

/** What the keys of a config mean for Nemotron-H. */
class NemotronHTest {

  private static final Map<String, Object> NEMOTRON = HybridConfigs.nemotronPattern();

  @Test
  void everyLetterIsALayerAndABlock() {
    DecoderSpec spec = describe(NEMOTRON);

    assertThat(spec.blocks()).extracting(b -> b.blockIndex()).containsExactly(0, 1, 2, 3, 4);
    assertThat(spec.blocks()).extracting(b -> b.layerIndex()).containsExactly(0, 1, 2, 3, 4);
    assertThat(spec.blocks())
        .extracting(b -> b.mixer().kind())
        .containsExactly("mamba2", "mlp", "attention", "mamba2", "mlp");
    assertThat(spec.blocks().get(4).norm())
        .isEqualTo(new NormSpec("backbone.layers.4.norm.weight", 48, 1e-5));
    assertThat(spec.embedding()).isEqualTo("backbone.embeddings.weight");
    assertThat(spec.finalNorm().weight()).isEqualTo("backbone.norm_f.weight");
    assertThat(spec.head()).isEqualTo("lm_head.weight");
  }

  @Test
  void everyWordIsALayerAndABlock() {
    DecoderSpec spec = describe(HybridConfigs.nemotronWords());

    assertThat(spec.blocks())
        .extracting(b -> b.mixer().kind())
        .containsExactly("mamba2", "mlp", "attention", "mamba2", "attention");
    assertThat(spec.tied()).isTrue();
    assertThat(spec.blocks())
        .flatExtracting(block -> block.mixer().maps())
        .allSatisfy(map -> assertThat(map.biasName()).isPresent());
  }

  @Test
  void wordsGoBeforeLetters() {
    assertThat(
            describe(
                    RandomConfigs.with(
                        NEMOTRON,
                        Map.of("layers_block_type", List.of("mlp", "mlp"), "num_hidden_layers", 2)))
                .blocks())
        .extracting(b -> b.mixer().kind())
        .containsExactly("mlp", "mlp");
  }

  @Test
  void attentionDoesNotRotateAndTheMlpHasNoGate() {
    Attention attention = (Attention) describe(NEMOTRON).blocks().get(2).mixer();
    Mlp mlp = (Mlp) describe(NEMOTRON).blocks().get(1).mixer();

    assertThat(attention.rotary()).isEmpty();
    assertThat(attention.layout().headSize()).isEqualTo(10);
    assertThat(attention.output().weight()).isEqualTo("backbone.layers.2.mixer.o_proj.weight");
    assertThat(mlp.gateMap()).isEmpty();
    assertThat(mlp.up().weight()).isEqualTo("backbone.layers.1.mixer.up_proj.weight");
    assertThat(mlp.intermediateSize()).isEqualTo(52);
    assertThat(mlp.activation()).isEqualTo(Activation.RELU_SQUARED);
    assertThat(describe(NEMOTRON).blocks())
        .flatExtracting(block -> block.mixer().maps())
        .extracting(LinearSpec::bias)
        .containsOnlyNulls();
  }

  @Test
  void theGatedNormIsByGroupAndTheWidthIsThatOfTheHeads() {
    assertThat(stateSpace(Map.of()).layout()).isEqualTo(new ScanLayout(6, 14, 2, 10, 2, 16));
    assertThat(stateSpace(Map.of("n_groups", 3)).layout().normGroups()).isEqualTo(3);
    assertThat(stateSpace(Map.of("expand", 17)).layout().innerSize()).isEqualTo(84);
  }

  @Test
  void headSizesGoByTheNewerKeyFirst() {
    assertThat(headSize(Map.of("head_dim", 14))).isEqualTo(14);
    assertThat(headSize(Map.of("attention_head_dim", 6))).isEqualTo(6);
  }

  @Test
  void stepsAreHeldFromBelowWhateverTheLimitSays() {
    assertThat(stateSpace(Map.of()).scan().stepMinimum()).isEqualTo(0.001);
    assertThat(stateSpace(Map.of("time_step_limit", List.of(0.1, 0.2))).scan().stepMinimum())
        .isEqualTo(0.001);
    assertThat(stateSpace(Map.of("time_step_limit", List.of(0.1, 0.2))).scan().stepMaximum())
        .isInfinite();
    assertThat(stateSpace(Map.of("time_step_min", 0.02)).scan().stepMinimum()).isEqualTo(0.02);
    assertRefused(Map.of("time_step_min", -0.1))
        .hasMessage("config.json: time_step_min is -0.1: it must be a small positive number");
  }

  @Test
  void olderKeysGoFirst() {
    Mamba2 older =
        stateSpace(
            Map.of(
                "mamba_n_groups", 6,
                "mamba_d_conv", 3,
                "mamba_chunk_size", 77,
                "mamba_dt_min", 0.03,
                "mamba_conv_bias", false));

    assertThat(older.layout()).isEqualTo(new ScanLayout(6, 14, 6, 10, 6, 77));
    assertThat(older.convolution().kernel()).isEqualTo(3);
    assertThat(older.convolution().biasName()).isEmpty();
    assertThat(older.scan().stepMinimum()).isEqualTo(0.03);
  }

  @Test
  void theEpsilonHasThreeNames() {
    Map<String, Object> none = RandomConfigs.without(NEMOTRON, "layer_norm_epsilon");
    Map<String, Object> last = RandomConfigs.with(none, Map.of("norm_eps", 3e-4));
    Map<String, Object> second = RandomConfigs.with(last, Map.of("rms_norm_eps", 2e-4));

    assertThat(describe(none).finalNorm().epsilon()).isEqualTo(1e-5);
    assertThat(describe(last).finalNorm().epsilon()).isEqualTo(3e-4);
    assertThat(describe(second).finalNorm().epsilon()).isEqualTo(2e-4);
    assertThat(
            describe(RandomConfigs.with(second, Map.of("layer_norm_epsilon", 1e-4)))
                .finalNorm()
                .epsilon())
        .isEqualTo(1e-4);
  }

  @Test
  void unknownKindsAreRefused() {
    assertRefused(Map.of("hybrid_override_pattern", "M-xM-"))
        .hasMessage(
            "config.json: hybrid_override_pattern holds \"x\" for layer 2: only M, * and - are"
                + " supported");
    assertRefused(Map.of("layers_block_type", List.of("mamba", "hyena")))
        .hasMessage(
            "config.json: layers_block_type holds \"hyena\" for layer 1: only mamba,"
                + " linear_attention, attention, full_attention and mlp are supported");
  }

  @Test
  void mixturesOfExpertsAreRefused() {
    assertRefused(Map.of("hybrid_override_pattern", "MEM*E"))
        .hasMessage(
            "config.json: hybrid_override_pattern holds \"E\" for layer 1, a mixture of experts,"
                + " which Gramian does not compress");
    assertRefused(Map.of("layers_block_type", List.of("mamba", "mlp", "moe")))
        .hasMessage(
            "config.json: layers_block_type holds \"moe\" for layer 2, a mixture of experts, which"
                + " Gramian does not compress");
  }

  @Test
  void anotherNumberOfLayersIsRefused() {
    assertRefused(Map.of("num_hidden_layers", 6))
        .hasMessage(
            "config.json: hybrid_override_pattern has 5 layers, but num_hidden_layers is 6: they"
                + " must be as many");
    assertRefused(Map.of("layers_block_type", List.of("mamba", "mlp")))
        .hasMessage(
            "config.json: layers_block_type has 2 layers, but num_hidden_layers is 5: they must be as"
                + " many");
    assertRefused(Map.of("hybrid_override_pattern", ""))
        .hasMessage("config.json: hybrid_override_pattern holds no layer");
    assertThatThrownBy(() -> describe(RandomConfigs.without(NEMOTRON, "hybrid_override_pattern")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'hybrid_override_pattern' is missing");
  }

  @Test
  void biasesThatContradictEachOtherAreRefused() {
    assertRefused(Map.of("mamba_proj_bias", true))
        .hasMessage(
            "config.json: mamba_proj_bias is true, but use_bias is false, and Hugging Face reads"
                + " only that: set both alike");
    assertThat(stateSpace(Map.of("use_bias", true)).input().biasName()).isPresent();
  }

  @Test
  void headsThatGroupsCannotShareAreRefused() {
    assertRefused(Map.of("n_groups", 4))
        .hasMessage(
            "config.json: 6 SSM heads cannot share 4 SSM groups evenly: the number of heads must be"
                + " a multiple");
  }

  @Test
  void anotherActivationIsRefused() {
    assertRefused(Map.of("mamba_hidden_act", "relu"))
        .hasMessageStartingWith("config.json: mamba_hidden_act \"relu\" is not supported: after");
    assertRefused(Map.of("mlp_hidden_act", "tanh"))
        .hasMessageStartingWith("config.json: mlp_hidden_act \"tanh\" is not supported: only silu");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "intermediate_size",
        "mamba_num_heads",
        "mamba_head_dim",
        "n_groups",
        "ssm_state_size",
        "conv_kernel",
        "num_attention_heads"
      })
  void sizesThatAreNotPositiveOrMissingAreRefused(String key) {
    assertRefused(Map.of(key, 0))
        .hasMessage("config.json: " + key + " is 0: it must be at least 1");
    assertThatThrownBy(() -> describe(RandomConfigs.without(NEMOTRON, key)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'" + key + "' is missing");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Map<String, Object> changes) {
    return assertThatThrownBy(() -> stateSpace(changes)).isInstanceOf(UserException.class);
  }

  private static int headSize(Map<String, Object> changes) {
    DecoderSpec spec = describe(RandomConfigs.with(NEMOTRON, changes));
    return ((Attention) spec.blocks().get(2).mixer()).layout().headSize();
  }

  private static DecoderSpec describe(Map<String, Object> config) {
    return Families.describe(RandomCheckpoint.hfConfig(config));
  }

  private static Mamba2 stateSpace(Map<String, Object> changes) {
    return (Mamba2) describe(RandomConfigs.with(NEMOTRON, changes)).blocks().get(0).mixer();
  }
}

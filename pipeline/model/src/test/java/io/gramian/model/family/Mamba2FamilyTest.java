package io.gramian.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.Convolution;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mamba2;
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

/** What the keys of a config mean for Mamba-2. */
class Mamba2FamilyTest {

  private static final Map<String, Object> MAMBA2 = HybridConfigs.mamba2OneGroup();

  @Test
  void aLayerIsOneStateSpaceBlock() {
    DecoderSpec spec = describe(HybridConfigs.mamba2EightGroups());

    assertThat(spec.family()).isEqualTo("mamba2");
    assertThat(spec.blocks()).extracting(b -> b.blockIndex()).containsExactly(0, 1, 2);
    assertThat(spec.blocks()).extracting(b -> b.layerIndex()).containsExactly(0, 1, 2);
    assertThat(spec.blocks()).extracting(b -> b.mixer().kind()).containsOnly("mamba2");
    assertThat(spec.blocks().get(2).norm())
        .isEqualTo(new NormSpec("backbone.layers.2.norm.weight", 40, 1e-5));
    assertThat(spec.finalNorm().weight()).isEqualTo("backbone.norm_f.weight");
    assertThat(spec.head()).isEqualTo("lm_head.weight");
    assertThat(describe(MAMBA2).head()).isEqualTo("backbone.embeddings.weight");
  }

  @Test
  void theMixerHasTheSizesOfTheConfig() {
    Mamba2 mamba2 = mixer(HybridConfigs.mamba2TwoGroups());
    String prefix = "backbone.layers.0.mixer.";

    assertThat(mamba2.layout()).isEqualTo(new ScanLayout(8, 10, 2, 6, 1, 16));
    assertThat(mamba2.input())
        .isEqualTo(new LinearSpec(prefix + "in_proj.weight", prefix + "in_proj.bias", 192, 40));
    assertThat(mamba2.convolution())
        .isEqualTo(new Convolution(prefix + "conv1d.weight", prefix + "conv1d.bias", 104, 4));
    assertThat(mamba2.gatedNorm()).isEqualTo(new NormSpec(prefix + "norm.weight", 80, 1e-5));
    assertThat(mamba2.scan().logDecay()).isEqualTo(prefix + "A_log");
    assertThat(mamba2.scan().skip()).isEqualTo(prefix + "D");
    assertThat(mamba2.scan().stepBias()).isEqualTo(prefix + "dt_bias");
    assertThat(mamba2.output())
        .isEqualTo(new LinearSpec(prefix + "out_proj.weight", prefix + "out_proj.bias", 40, 80));
  }

  @Test
  void theGatedNormIsOverTheWholeWidthHoweverManyGroupsThereAre() {
    assertThat(mixer(HybridConfigs.mamba2EightGroups()).layout().groups()).isEqualTo(8);
    assertThat(mixer(HybridConfigs.mamba2EightGroups()).layout().normGroups()).isEqualTo(1);
  }

  @Test
  void biasesDefaultToTheConvolutionOnly() {
    Mamba2 absent =
        mixer(RandomConfigs.without(RandomConfigs.without(MAMBA2, "use_bias"), "use_conv_bias"));

    assertThat(absent.maps()).extracting(LinearSpec::bias).containsOnlyNulls();
    assertThat(absent.convolution().biasName()).contains("backbone.layers.0.mixer.conv1d.bias");
    assertThat(mixer(HybridConfigs.mamba2EightGroups()).convolution().biasName()).isEmpty();
  }

  @Test
  void stepsAreHeldBetweenTheLimits() {
    Mamba2 limited = mixer(HybridConfigs.mamba2TwoGroups());
    Mamba2 below = mixer(Map.of("time_step_limit", List.of(-1.0, 0.5)));

    assertThat(limited.scan().stepMinimum()).isEqualTo(0.01);
    assertThat(limited.scan().stepMaximum()).isEqualTo(0.05);
    assertThat(below.scan().stepMinimum()).as("softplus is never below 0").isEqualTo(0);
    assertUnlimited(describe(MAMBA2));
    assertUnlimited(describe(RandomConfigs.without(MAMBA2, "time_step_limit")));
    assertUnlimited(
        describe(
            RandomConfigs.with(
                MAMBA2, Map.of("time_step_limit", List.of(0.0, Map.of("__float__", "Infinity"))))));
  }

  private static void assertUnlimited(DecoderSpec spec) {
    Mamba2 mamba2 = (Mamba2) spec.blocks().get(0).mixer();
    assertThat(mamba2.scan().stepMinimum()).isEqualTo(0);
    assertThat(mamba2.scan().stepMaximum()).isInfinite();
  }

  @Test
  void limitsThatAreNoneAreRefused() {
    assertRefused(Map.of("time_step_limit", List.of(0.5, 0.1)))
        .hasMessage(
            "config.json: time_step_limit is [0.5, 0.1]: it must be two numbers, the lower limit and"
                + " a positive upper one");
    assertRefused(Map.of("time_step_limit", List.of(0.1)))
        .hasMessageStartingWith("config.json: time_step_limit is [0.1]: it must be two numbers");
    assertRefused(Map.of("time_step_limit", List.of(-2.0, 0.0)))
        .hasMessageStartingWith("config.json: time_step_limit is [-2.0, 0.0]: ");
    assertRefused(Map.of("time_step_limit", List.of(0.0, Double.NaN)))
        .hasMessageStartingWith("config.json: time_step_limit is [0.0, NaN]: ");
  }

  @Test
  void aMixerWithoutGatedNormIsRefused() {
    assertRefused(Map.of("rms_norm", false))
        .hasMessage(
            "config.json: rms_norm is false: Gramian knows the state space mixer with a gated norm"
                + " only");
  }

  @Test
  void anotherActivationIsRefused() {
    assertRefused(Map.of("hidden_act", "gelu"))
        .hasMessage(
            "config.json: hidden_act \"gelu\" is not supported: after the convolution of a state"
                + " space mixer only silu is");
    assertThat(mixer(Map.of("hidden_act", "swish")).kind()).isEqualTo("mamba2");
  }

  @Test
  void widthsThatDoNotFitAreRefusedWithTheNumbers() {
    assertRefused(Map.of("n_groups", 3))
        .hasMessage(
            "config.json: 8 SSM heads cannot share 3 SSM groups evenly: the number of heads must be"
                + " a multiple");
    assertRefused(Map.of("head_dim", 12))
        .hasMessage(
            "config.json: 8 SSM heads of 12 channels are 96 channels, but expand 2.0 times"
                + " hidden_size 40 is 80: both are the width of the state space mixer");
    assertThat(mixer(Map.of("expand", 1.5, "num_heads", 6)).layout().innerSize()).isEqualTo(60);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden_size",
        "num_hidden_layers",
        "vocab_size",
        "num_heads",
        "head_dim",
        "n_groups",
        "state_size",
        "conv_kernel"
      })
  void sizesThatAreNotPositiveOrMissingAreRefused(String key) {
    assertRefused(Map.of(key, 0))
        .hasMessage("config.json: " + key + " is 0: it must be at least 1");
    assertThatThrownBy(() -> describe(RandomConfigs.without(MAMBA2, key)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'" + key + "' is missing");
  }

  @Test
  void absurdNumbersAreRefused() {
    assertRefused(Map.of("chunk_size", 0))
        .hasMessage("config.json: the chunk size is 0: it must be at least 1");
    assertRefused(Map.of("layer_norm_epsilon", -1))
        .hasMessage("config.json: layer_norm_epsilon is -1.0: it must be a small positive number");
    assertThat(mixer(Map.of("chunk_size", 77)).layout().chunkSize()).isEqualTo(77);
    assertThat(
            ((Mamba2) describe(RandomConfigs.without(MAMBA2, "chunk_size")).blocks().get(0).mixer())
                .layout()
                .chunkSize())
        .isEqualTo(256);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Map<String, Object> changes) {
    return assertThatThrownBy(() -> mixer(changes)).isInstanceOf(UserException.class);
  }

  private static DecoderSpec describe(Map<String, Object> config) {
    return Families.describe(RandomCheckpoint.hfConfig(config));
  }

  private static Mamba2 mixer(Map<String, Object> changes) {
    return (Mamba2) describe(RandomConfigs.with(MAMBA2, changes)).blocks().get(0).mixer();
  }
}

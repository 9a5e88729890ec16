package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Mixer;
import io.gramian.model.ResidualBlock;
import io.gramian.model.ScanLayout;
import io.gramian.model.family.HybridPattern.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Nemotron-H: one mixer a layer, as {@link HybridPattern} lists them. Attention does not rotate,
 * the MLP has no gate, and the gated norm averages over each of {@code n_groups} groups by itself.
 *
 * <p>Hugging Face holds dt above {@code time_step_min} and ignores {@code time_step_limit}; so does
 * this. {@code expand} is not read either: the width is heads times head size.
 */
final class NemotronH implements ModelFamily {

  private static final int DEFAULT_CHUNK = 128;
  private static final double DEFAULT_EPSILON = 1e-5;
  private static final double DEFAULT_STEP_MINIMUM = 0.001;

  @Override
  public String modelType() {
    return "nemotron_h";
  }

  @Override
  public DecoderSpec describe(HfConfig file) {
    CheckedConfig config = new CheckedConfig(file);
    StateSpaceMaps.requireSilu(config, "mamba_hidden_act");
    ResidualStream stream = ResidualStream.read(config, epsilon(config));
    List<Kind> kinds = HybridPattern.read(config);
    Layers layers =
        new Layers(
            stream,
            attention(config, stream.hidden()),
            stateSpace(config, stream),
            mlp(config, stream.hidden()));
    return stream.decoder(
        "backbone.embeddings.weight",
        IntStream.range(0, kinds.size()).mapToObj(i -> layers.layer(i, kinds.get(i))).toList(),
        "backbone.norm_f.weight");
  }

  private static double epsilon(CheckedConfig config) {
    String key =
        Stream.of("layer_norm_epsilon", "rms_norm_eps", "norm_eps")
            .filter(config.file()::has)
            .findFirst()
            .orElse("layer_norm_epsilon");
    return config.epsilon(key, DEFAULT_EPSILON);
  }

  private static AttentionMaps attention(CheckedConfig config, int hidden) {
    boolean biased = config.file().booleanOr("attention_bias", false);
    return new AttentionMaps(
        hidden,
        config.heads(hidden, firstOf(config, "head_dim", "attention_head_dim")),
        Optional.empty(),
        new AttentionMaps.Biases(biased, biased));
  }

  private static StateSpaceMaps stateSpace(CheckedConfig config, ResidualStream stream) {
    HfConfig file = config.file();
    boolean biased = file.booleanOr("use_bias", false);
    if (file.booleanOr("mamba_proj_bias", biased) && !biased) {
      throw config.refusal(
          "mamba_proj_bias is true, but use_bias is false, and Hugging Face reads only that: set"
              + " both alike");
    }
    return new StateSpaceMaps(
        stream,
        layout(config),
        config.positive(firstOf(config, "mamba_d_conv", "conv_kernel")),
        StepLimits.below(
            config, firstOf(config, "mamba_dt_min", "time_step_min"), DEFAULT_STEP_MINIMUM),
        new StateSpaceMaps.Biases(
            file.booleanOr(firstOf(config, "mamba_conv_bias", "use_conv_bias"), true), biased));
  }

  private static ScanLayout layout(CheckedConfig config) {
    int heads = config.positive("mamba_num_heads");
    int headSize = config.positive("mamba_head_dim");
    int groups = config.positive(firstOf(config, "mamba_n_groups", "n_groups"));
    int states = config.positive("ssm_state_size");
    int chunk =
        config.file().intOr(firstOf(config, "mamba_chunk_size", "chunk_size"), DEFAULT_CHUNK);
    return config.named(() -> new ScanLayout(heads, headSize, groups, states, groups, chunk));
  }

  private static MlpMaps mlp(CheckedConfig config, int hidden) {
    return new MlpMaps(
        hidden,
        config.positive("intermediate_size"),
        config.activation("mlp_hidden_act", "relu2"),
        config.file().booleanOr("mlp_bias", false));
  }

  /** The key that is there; the first one goes first, as Hugging Face does with older names. */
  private static String firstOf(CheckedConfig config, String first, String second) {
    return config.file().has(first) ? first : second;
  }

  /** What the layers are made of. */
  private record Layers(
      ResidualStream stream, AttentionMaps attention, StateSpaceMaps stateSpace, MlpMaps mlp) {

    ResidualBlock layer(int layer, Kind kind) {
      String prefix = "backbone.layers." + layer + ".";
      return new ResidualBlock(
          layer, layer, stream.norm(prefix + "norm.weight"), mixer(kind, prefix + "mixer."));
    }

    private Mixer mixer(Kind kind, String prefix) {
      return switch (kind) {
        case STATE_SPACE -> stateSpace.under(prefix);
        case ATTENTION -> attention.under(prefix);
        case MLP -> mlp.ungated(prefix);
      };
    }
  }
}

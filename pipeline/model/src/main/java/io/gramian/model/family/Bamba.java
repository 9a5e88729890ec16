package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.DecoderSpec;
import io.gramian.model.HeadLayout;
import io.gramian.model.Mixer;
import io.gramian.model.ResidualBlock;
import io.gramian.model.ScanLayout;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Bamba: attention at {@code attn_layer_indices}, a state space mixer in the other layers, a gated
 * MLP after each. Half of every attention head rotates unless the config says otherwise. The gated
 * norm averages over the whole width, whatever {@code mamba_n_groups} is.
 */
final class Bamba implements ModelFamily {

  private static final int DEFAULT_CHUNK = 256;
  private static final double DEFAULT_EPSILON = 1e-5;
  private static final double DEFAULT_ROTARY = 0.5;

  @Override
  public String modelType() {
    return "bamba";
  }

  @Override
  public DecoderSpec describe(HfConfig file) {
    CheckedConfig config = new CheckedConfig(file);
    StateSpaceMaps.requireSilu(config, "hidden_act");
    ResidualStream stream =
        ResidualStream.read(config, config.epsilon("rms_norm_eps", DEFAULT_EPSILON));
    int layers = config.layers();
    Layers parts =
        new Layers(
            stream,
            attentionLayers(config, layers),
            attention(config, stream.hidden()),
            stateSpace(config, stream),
            mlp(config, stream.hidden()));
    return stream.decoder(
        "model.embed_tokens.weight",
        IntStream.range(0, layers).boxed().flatMap(parts::layer).toList(),
        "model.final_layernorm.weight");
  }

  private static List<Integer> attentionLayers(CheckedConfig config, int layers) {
    String key = "attn_layer_indices";
    List<Integer> indices = config.file().has(key) ? config.file().ints(key) : List.of();
    for (int index : indices) {
      if (index < 0 || index >= layers) {
        throw config.refusal(
            "%s holds %d, but num_hidden_layers is %d: give layers of 0..%d",
            key, index, layers, layers - 1);
      }
    }
    return indices;
  }

  private static AttentionMaps attention(CheckedConfig config, int hidden) {
    HeadLayout heads = config.heads(hidden, "head_dim");
    boolean biased = config.file().booleanOr("attention_bias", false);
    return new AttentionMaps(
        hidden,
        heads,
        Optional.of(RopeSettings.readPartial(config.file(), heads.headSize(), DEFAULT_ROTARY)),
        new AttentionMaps.Biases(biased, biased));
  }

  private static StateSpaceMaps stateSpace(CheckedConfig config, ResidualStream stream) {
    HfConfig file = config.file();
    return new StateSpaceMaps(
        stream,
        layout(config, stream.hidden()),
        config.positive("mamba_d_conv"),
        StepLimits.read(config),
        new StateSpaceMaps.Biases(
            file.booleanOr("mamba_conv_bias", true), file.booleanOr("mamba_proj_bias", false)));
  }

  private static ScanLayout layout(CheckedConfig config, int hidden) {
    int heads = config.positive("mamba_n_heads");
    int headSize = headSize(config, hidden, heads);
    int groups = config.positive("mamba_n_groups");
    int states = config.positive("mamba_d_state");
    int chunk = config.file().intOr("mamba_chunk_size", DEFAULT_CHUNK);
    ScanLayout layout =
        config.named(() -> new ScanLayout(heads, headSize, groups, states, 1, chunk));
    StateSpaceMaps.requireWidth(config, "mamba_expand", layout);
    return layout;
  }

  /** {@code mamba_d_head}; its default "auto" is the head's share of the mixer's width. */
  private static int headSize(CheckedConfig config, int hidden, int heads) {
    String key = "mamba_d_head";
    if (!config.file().isString(key) && config.file().has(key)) {
      return config.positive(key);
    }
    String name = config.file().stringOr(key, "auto");
    if (!name.equals("auto")) {
      throw config.refusal("%s is \"%s\": it must be a number or \"auto\"", key, name);
    }
    double width = config.file().doubleOr("mamba_expand", 2) * hidden;
    return Math.max(1, (int) (width / heads));
  }

  private static MlpMaps mlp(CheckedConfig config, int hidden) {
    return new MlpMaps(
        hidden,
        config.positive("intermediate_size"),
        config.activation("hidden_act", "silu"),
        config.file().booleanOr("mlp_bias", false));
  }

  /** What the layers are made of. */
  private record Layers(
      ResidualStream stream,
      List<Integer> attentionLayers,
      AttentionMaps attention,
      StateSpaceMaps stateSpace,
      MlpMaps mlp) {

    /** Layer {@code l} is blocks {@code 2l} and {@code 2l + 1}. */
    Stream<ResidualBlock> layer(int layer) {
      String prefix = "model.layers." + layer + ".";
      Mixer mixer =
          attentionLayers.contains(layer)
              ? attention.under(prefix + "self_attn.")
              : stateSpace.under(prefix + "mamba.");
      return Stream.of(
          new ResidualBlock(
              2 * layer, layer, stream.norm(prefix + "input_layernorm.weight"), mixer),
          new ResidualBlock(
              2 * layer + 1,
              layer,
              stream.norm(prefix + "pre_ff_layernorm.weight"),
              mlp.gated(prefix + "feed_forward.")));
    }
  }
}

package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.DecoderSpec;
import io.gramian.model.HeadLayout;
import io.gramian.model.ResidualBlock;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Layers of an attention and a gated MLP, each behind its norm, under the tensor names that Llama
 * introduced.
 *
 * @param stream around them
 * @param layers {@code num_hidden_layers}
 * @param attention of every layer
 * @param mlp of every layer
 */
record PreNormLayers(ResidualStream stream, int layers, AttentionMaps attention, MlpMaps mlp) {

  private static final double DEFAULT_EPSILON = 1e-6;

  /** Reads sizes and rotary embedding from {@code file}. */
  static PreNormLayers read(HfConfig file, AttentionMaps.Biases biases, boolean mlpBias) {
    CheckedConfig config = new CheckedConfig(file);
    ResidualStream stream =
        ResidualStream.read(config, config.epsilon("rms_norm_eps", DEFAULT_EPSILON));
    HeadLayout heads = config.heads(stream.hidden(), "head_dim");
    return new PreNormLayers(
        stream,
        config.layers(),
        new AttentionMaps(
            stream.hidden(), heads, Optional.of(RopeSettings.read(file, heads.headSize())), biases),
        new MlpMaps(
            stream.hidden(),
            config.positive("intermediate_size"),
            config.activation("hidden_act", "silu"),
            mlpBias));
  }

  /** The decoder: layer {@code l} is blocks {@code 2l} and {@code 2l + 1}. */
  DecoderSpec decoder() {
    return stream.decoder(
        "model.embed_tokens.weight",
        IntStream.range(0, layers).boxed().flatMap(this::layer).toList(),
        "model.norm.weight");
  }

  private Stream<ResidualBlock> layer(int layer) {
    String prefix = "model.layers." + layer + ".";
    return Stream.of(
        new ResidualBlock(
            2 * layer,
            layer,
            stream.norm(prefix + "input_layernorm.weight"),
            attention.under(prefix + "self_attn.")),
        new ResidualBlock(
            2 * layer + 1,
            layer,
            stream.norm(prefix + "post_attention_layernorm.weight"),
            mlp.gated(prefix + "mlp.")));
  }
}

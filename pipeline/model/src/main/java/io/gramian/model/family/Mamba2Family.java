package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.ScanLayout;
import io.gramian.model.family.StateSpaceMaps.Biases;
import java.util.stream.IntStream;

/**
 * Mamba-2: a state space mixer a layer and nothing else. {@code use_bias} gives in_proj and
 * out_proj a bias, {@code use_conv_bias} the convolution. Hugging Face's gated norm averages over
 * the whole width, whatever {@code n_groups} is.
 */
final class Mamba2Family implements ModelFamily {

  private static final int DEFAULT_CHUNK = 256;
  private static final double DEFAULT_EPSILON = 1e-5;

  @Override
  public String modelType() {
    return "mamba2";
  }

  @Override
  public DecoderSpec describe(HfConfig file) {
    CheckedConfig config = new CheckedConfig(file);
    StateSpaceMaps.requireSilu(config, "hidden_act");
    if (!file.booleanOr("rms_norm", true)) {
      throw config.refusal(
          "rms_norm is false: Gramian knows the state space mixer with a gated norm only");
    }
    ResidualStream stream =
        ResidualStream.read(config, config.epsilon("layer_norm_epsilon", DEFAULT_EPSILON));
    StateSpaceMaps mixer =
        new StateSpaceMaps(
            stream,
            layout(config),
            config.positive("conv_kernel"),
            StepLimits.read(config),
            new Biases(file.booleanOr("use_conv_bias", true), file.booleanOr("use_bias", false)));
    return stream.decoder(
        "backbone.embeddings.weight",
        IntStream.range(0, config.layers()).mapToObj(i -> layer(i, stream, mixer)).toList(),
        "backbone.norm_f.weight");
  }

  private static ScanLayout layout(CheckedConfig config) {
    int heads = config.positive("num_heads");
    int headSize = config.positive("head_dim");
    int groups = config.positive("n_groups");
    int states = config.positive("state_size");
    int chunk = config.file().intOr("chunk_size", DEFAULT_CHUNK);
    ScanLayout layout =
        config.named(() -> new ScanLayout(heads, headSize, groups, states, 1, chunk));
    StateSpaceMaps.requireWidth(config, "expand", layout);
    return layout;
  }

  private static ResidualBlock layer(int layer, ResidualStream stream, StateSpaceMaps mixer) {
    String prefix = "backbone.layers." + layer + ".";
    return new ResidualBlock(
        layer, layer, stream.norm(prefix + "norm.weight"), mixer.under(prefix + "mixer."));
  }
}

package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.DecoderSpec;
import io.gramian.model.family.AttentionMaps.Biases;

/**
 * Llama 1 to 3.3 and what is published under {@code "model_type": "llama"}. {@code attention_bias}
 * gives q, k, v and o a bias, {@code mlp_bias} gate, up and down.
 */
final class Llama implements ModelFamily {

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public DecoderSpec describe(HfConfig config) {
    boolean attention = config.booleanOr("attention_bias", false);
    return PreNormLayers.read(
            config, new Biases(attention, attention), config.booleanOr("mlp_bias", false))
        .decoder();
  }
}

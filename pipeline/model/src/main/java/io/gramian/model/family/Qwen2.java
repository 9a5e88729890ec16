package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.model.DecoderSpec;
import io.gramian.model.family.AttentionMaps.Biases;

/** Qwen2 and Qwen2.5: q, k and v always have a bias, no other map has one. */
final class Qwen2 implements ModelFamily {

  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public DecoderSpec describe(HfConfig config) {
    if (config.booleanOr("use_sliding_window", false)) {
      throw new UserException(
          config.name()
              + ": use_sliding_window is true: Gramian's attention looks at the whole text, so its"
              + " statistics would be those of another model; set it to false to use the model"
              + " without the window");
    }
    return PreNormLayers.read(config, new Biases(true, false), false).decoder();
  }
}

package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.DecoderSpec;

/** How the {@code config.json} and the tensor names of one model type make a decoder. */
public interface ModelFamily {

  /** Hugging Face's {@code model_type}. */
  String modelType();

  /**
   * The decoder that {@code config} describes. Reads no tensor.
   *
   * @throws io.gramian.checkpoint.UserException if a key is missing, sizes do not fit each other,
   *     or the model does something that Gramian does not
   */
  DecoderSpec describe(HfConfig config);
}

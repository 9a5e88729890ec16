package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Activation;
import io.gramian.model.HeadLayout;
import java.util.Locale;

/**
 * What every {@code config.json} says under the same keys.
 *
 * @param hidden {@code hidden_size}
 * @param layers {@code num_hidden_layers}
 * @param vocabulary {@code vocab_size}
 * @param intermediate {@code intermediate_size}
 * @param heads {@code num_attention_heads}, {@code num_key_value_heads} (default: as many), {@code
 *     head_dim} (default: hidden / heads)
 * @param epsilon {@code rms_norm_eps}
 * @param activation {@code hidden_act}
 */
record DecoderSizes(
    int hidden,
    int layers,
    int vocabulary,
    int intermediate,
    HeadLayout heads,
    double epsilon,
    Activation activation) {

  private static final double DEFAULT_EPSILON = 1e-6;
  private static final int MOST_LAYERS = 10_000;

  /** Reads and checks them. */
  static DecoderSizes read(HfConfig config) {
    int hidden = positive(config, "hidden_size");
    return new DecoderSizes(
        hidden,
        layers(config),
        positive(config, "vocab_size"),
        positive(config, "intermediate_size"),
        heads(config, hidden),
        epsilon(config),
        activation(config));
  }

  private static int layers(HfConfig config) {
    int layers = positive(config, "num_hidden_layers");
    if (layers > MOST_LAYERS) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: num_hidden_layers is %d: more than %d are a damaged file",
              config.name(),
              layers,
              MOST_LAYERS));
    }
    return layers;
  }

  private static double epsilon(HfConfig config) {
    double epsilon = config.doubleOr("rms_norm_eps", DEFAULT_EPSILON);
    if (!(epsilon >= 0 && Double.isFinite(epsilon))) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: rms_norm_eps is %s: it must be a small positive number",
              config.name(),
              epsilon));
    }
    return epsilon;
  }

  private static int positive(HfConfig config, String key) {
    int size = config.requireInt(key);
    if (size <= 0) {
      throw new UserException(
          String.format(
              Locale.ROOT, "%s: %s is %d: it must be at least 1", config.name(), key, size));
    }
    return size;
  }

  private static HeadLayout heads(HfConfig config, int hidden) {
    int heads = positive(config, "num_attention_heads");
    if (!config.has("head_dim") && hidden % heads != 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: hidden_size %d is not a multiple of num_attention_heads %d, and there is no"
                  + " head_dim",
              config.name(),
              hidden,
              heads));
    }
    int headSize = config.intOr("head_dim", hidden / heads);
    try {
      return new HeadLayout(heads, config.intOr("num_key_value_heads", heads), headSize);
    } catch (UserException e) {
      throw new UserException(config.name() + ": " + e.getMessage(), e);
    }
  }

  private static Activation activation(HfConfig config) {
    String name = config.stringOr("hidden_act", "silu");
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_pytorch_tanh", "gelu_new" -> Activation.GELU_TANH;
      case "relu2" -> Activation.RELU_SQUARED;
      default ->
          throw new UserException(
              String.format(
                  Locale.ROOT,
                  "%s: hidden_act \"%s\" is not supported: only silu, swish, gelu,"
                      + " gelu_pytorch_tanh, gelu_new and relu2 are",
                  config.name(),
                  name));
    };
  }
}

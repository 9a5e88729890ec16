package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Activation;
import io.gramian.model.HeadLayout;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The values of a {@code config.json} that several families read, each checked with its key.
 *
 * @param file what is read
 */
record CheckedConfig(HfConfig file) {

  private static final int MOST_LAYERS = 10_000;

  /** A size: at least 1. */
  int positive(String key) {
    int size = file.requireInt(key);
    if (size <= 0) {
      throw refusal("%s is %d: it must be at least 1", key, size);
    }
    return size;
  }

  /** {@code num_hidden_layers}. */
  int layers() {
    int layers = positive("num_hidden_layers");
    if (layers > MOST_LAYERS) {
      throw refusal(
          "num_hidden_layers is %d: more than %d are a damaged file", layers, MOST_LAYERS);
    }
    return layers;
  }

  /** What a norm adds under its root. */
  double epsilon(String key, double absent) {
    double epsilon = file.doubleOr(key, absent);
    if (!(epsilon >= 0 && Double.isFinite(epsilon))) {
      throw refusal("%s is %s: it must be a small positive number", key, epsilon);
    }
    return epsilon;
  }

  /**
   * {@code num_attention_heads}, {@code num_key_value_heads} (default: as many) and the head size
   * (default: hidden / heads).
   */
  HeadLayout heads(int hidden, String headSizeKey) {
    int heads = positive("num_attention_heads");
    if (!file.has(headSizeKey) && hidden % heads != 0) {
      throw refusal(
          "hidden_size %d is not a multiple of num_attention_heads %d, and there is no %s",
          hidden, heads, headSizeKey);
    }
    int kvHeads = file.intOr("num_key_value_heads", heads);
    int headSize = file.intOr(headSizeKey, hidden / heads);
    return named(() -> new HeadLayout(heads, kvHeads, headSize));
  }

  /** The activation of an MLP, by its Hugging Face name. */
  Activation activation(String key, String absent) {
    String name = file.stringOr(key, absent);
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_pytorch_tanh", "gelu_new" -> Activation.GELU_TANH;
      case "relu2" -> Activation.RELU_SQUARED;
      default ->
          throw refusal(
              "%s \"%s\" is not supported: only silu, swish, gelu, gelu_pytorch_tanh, gelu_new and"
                  + " relu2 are",
              key, name);
    };
  }

  /** What {@code create} makes, its refusal with the file's name in front. */
  <T> T named(Supplier<T> create) {
    try {
      return create.get();
    } catch (UserException e) {
      throw new UserException(file.name() + ": " + e.getMessage(), e);
    }
  }

  /** A refusal with the file's name in front. */
  UserException refusal(String format, Object... values) {
    return new UserException(file.name() + ": " + String.format(Locale.ROOT, format, values));
  }
}

package io.gramian.model;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * A causal depthwise convolution over tokens: {@code y_t[c] = b[c] + sum_k w[c, 0, k] x_{t - K + 1
 * + k}[c]}, tokens before the first counting as zero.
 *
 * @param weight name of {@code w [channels, 1, K]}
 * @param bias name of {@code b [channels]}, or null where it has none
 * @param channels each convolved by itself
 * @param kernel {@code K}, the tokens that a value sees, its own included
 */
public record Convolution(String weight, String bias, int channels, int kernel)
    implements Serializable {

  public Convolution {
    if (channels <= 0 || kernel <= 0) {
      throw new IllegalArgumentException(
          weight + " cannot have shape [" + channels + ", 1, " + kernel + "]");
    }
  }

  /** The bias' tensor name, if the convolution has one. */
  public Optional<String> biasName() {
    return Optional.ofNullable(bias);
  }

  /** The weight {@code [channels, 1, K]} and, where there is one, the bias {@code [channels]}. */
  public List<TensorShape> tensors() {
    TensorShape kernels = TensorShape.of(weight, channels, 1, kernel);
    return biasName()
        .map(name -> List.of(kernels, TensorShape.of(name, channels)))
        .orElseGet(() -> List.of(kernels));
  }
}

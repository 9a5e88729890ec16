package io.gramian.model;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * A linear map {@code y = x W' + b} as a checkpoint stores it.
 *
 * @param weight name of {@code W [out, in]}
 * @param bias name of {@code b [out]}, or null where the map has none
 * @param out rows of {@code W}
 * @param in columns of {@code W}
 */
public record LinearSpec(String weight, String bias, int out, int in) implements Serializable {

  public LinearSpec {
    if (out <= 0 || in <= 0) {
      throw new IllegalArgumentException(weight + " cannot have shape [" + out + ", " + in + "]");
    }
  }

  /** The bias' tensor name, if the map has one. */
  public Optional<String> biasName() {
    return Optional.ofNullable(bias);
  }

  /** The weight {@code [out, in]} and, where there is one, the bias {@code [out]}. */
  public List<TensorShape> tensors() {
    TensorShape matrix = TensorShape.of(weight, out, in);
    return biasName()
        .map(name -> List.of(matrix, TensorShape.of(name, out)))
        .orElseGet(() -> List.of(matrix));
  }
}

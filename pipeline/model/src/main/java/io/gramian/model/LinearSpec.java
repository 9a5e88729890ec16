package io.gramian.model;

import java.io.Serializable;
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

  /** The bias' tensor name, if the map has one. */
  public Optional<String> biasName() {
    return Optional.ofNullable(bias);
  }
}

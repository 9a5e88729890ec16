package io.gramian.model;

import java.io.Serializable;
import java.util.Comparator;

/**
 * One axis of one tensor.
 *
 * @param tensor its name
 * @param axis 0 for rows and biases, 1 for columns
 */
public record TensorAxis(String tensor, int axis) implements Serializable, Comparable<TensorAxis> {

  private static final Comparator<TensorAxis> ORDER =
      Comparator.comparing(TensorAxis::tensor).thenComparingInt(TensorAxis::axis);

  @Override
  public int compareTo(TensorAxis other) {
    return ORDER.compare(this, other);
  }
}

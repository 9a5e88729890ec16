package io.gramian.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor that a model needs.
 *
 * @param name as in the checkpoint, for example {@code model.layers.0.mlp.up_proj.weight}
 * @param shape sizes of the axes, outermost first
 */
public record TensorShape(String name, List<Long> shape) implements Serializable {

  public TensorShape {
    shape = List.copyOf(shape);
  }

  /** The tensor {@code name} of the given axes. */
  public static TensorShape of(String name, long... shape) {
    return new TensorShape(name, Arrays.stream(shape).boxed().toList());
  }

  /** Number of elements: the product of the axes. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}

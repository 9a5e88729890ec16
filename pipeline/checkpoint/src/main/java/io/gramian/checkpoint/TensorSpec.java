package io.gramian.checkpoint;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * A tensor that is to be written: what it is, not yet where.
 *
 * @param name for example {@code model.layers.0.mlp.up_proj.weight}
 * @param dtype element type on disk
 * @param shape sizes of the axes, outermost first; empty for a scalar
 */
public record TensorSpec(String name, DType dtype, List<Long> shape) implements Serializable {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if an axis is negative or the name is the format's own {@code
   *     __metadata__}
   * @throws ArithmeticException if the bytes do not fit 64 bits
   */
  public TensorSpec {
    shape = List.copyOf(shape);
    if (shape.stream().anyMatch(size -> size < 0) || name.equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "tensor '%s' of shape %s", name, shape));
    }
    Math.multiplyExact(product(shape), dtype.bytes());
  }

  /** The name, element type and shape of {@code tensor}. */
  public static TensorSpec of(TensorInfo tensor) {
    return new TensorSpec(tensor.name(), tensor.dtype(), tensor.shape());
  }

  /** Number of elements: the product of the axes, 1 for a scalar. */
  public long elements() {
    return product(shape);
  }

  /** Bytes on disk. */
  public long bytes() {
    return elements() * dtype.bytes();
  }

  private static long product(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}

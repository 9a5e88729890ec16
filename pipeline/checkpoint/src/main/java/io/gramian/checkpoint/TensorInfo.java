package io.gramian.checkpoint;

import java.io.Serializable;
import java.util.List;

/**
 * Where a tensor is and what it is: one entry of a safetensors header.
 *
 * @param name as in the header, for example {@code model.layers.0.mlp.up_proj.weight}
 * @param dtype element type on disk
 * @param shape sizes of the axes, outermost first; empty for a scalar
 * @param begin first byte, counted from the start of the file's data section
 * @param end byte after the last
 */
public record TensorInfo(String name, DType dtype, List<Long> shape, long begin, long end)
    implements Serializable {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Number of elements: the product of the axes, 1 for a scalar. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Bytes on disk. */
  public long bytes() {
    return end - begin;
  }
}

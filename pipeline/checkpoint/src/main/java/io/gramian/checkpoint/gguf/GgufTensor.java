package io.gramian.checkpoint.gguf;

import java.util.List;

/**
 * A tensor that is to be written.
 *
 * @param name for example {@code blk.0.attn_q.weight}
 * @param type of its elements
 * @param shape sizes of the axes, outermost first as everywhere in Gramian; the file has them the
 *     other way round
 */
public record GgufTensor(String name, GgufType type, List<Long> shape) {

  private static final int MOST_AXES = 4;

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if an axis is not positive, there are none or more than four,
   *     or the innermost is no whole number of blocks
   */
  public GgufTensor {
    shape = List.copyOf(shape);
    if (shape.isEmpty()
        || shape.size() > MOST_AXES
        || shape.stream().anyMatch(size -> size <= 0)
        || shape.get(shape.size() - 1) % type.blockElements() != 0) {
      throw new IllegalArgumentException("tensor '" + name + "' of " + type + " " + shape);
    }
  }

  /** Bytes of its data, without what aligns the next tensor. */
  public long bytes() {
    return type.bytes(shape.stream().reduce(1L, Math::multiplyExact));
  }
}

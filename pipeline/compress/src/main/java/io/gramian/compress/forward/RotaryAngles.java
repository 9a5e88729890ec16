package io.gramian.compress.forward;

import io.gramian.model.Rope;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Cosines and sines of a {@link RotaryTable} as Java values, which may be kept between passes:
 * computing them costs more than a small block's attention. {@code 8 * rows * positions * pairs}
 * bytes.
 */
final class RotaryAngles {

  private final int rows;
  private final int positions;
  private final int pairs;
  private final float[] cos;
  private final float[] sin;

  private RotaryAngles(int rows, int positions, int pairs) {
    this.rows = rows;
    this.positions = positions;
    this.pairs = pairs;
    this.cos = new float[rows * positions * pairs];
    this.sin = new float[cos.length];
  }

  /** Angles for positions 0 to {@code positions - 1}; F64 until the cosine is taken. */
  static RotaryAngles of(Rope rope, int positions) {
    int rows = Math.max(1, rope.pairOrders().size());
    RotaryAngles angles = new RotaryAngles(rows, positions, rope.pairs());
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (int position = 0; position < positions; position++) {
        for (int i = 0; i < rope.pairs(); i++, at++) {
          double angle = position * rope.inverseFrequencies().get(pairAt(rope, row, i));
          angles.cos[at] = (float) (Math.cos(angle) * rope.attentionFactor());
          angles.sin[at] = (float) (Math.sin(angle) * rope.attentionFactor());
        }
      }
    }
    return angles;
  }

  private static int pairAt(Rope rope, int kvHead, int place) {
    List<List<Integer>> orders = rope.pairOrders();
    return orders.isEmpty() ? place : orders.get(kvHead).get(place);
  }

  int positions() {
    return positions;
  }

  /** As tensors of the enclosing scope. */
  RotaryTable table() {
    return new RotaryTable(
        Tensor.create(cos, rows, positions, pairs),
        Tensor.create(sin, rows, positions, pairs),
        2 * pairs);
  }
}

package io.gramian.jobs;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.BlockWidths;
import io.gramian.model.packed.PackedAxis;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedMap;
import java.util.Optional;

/**
 * A linear map of a packed artifact in plain loops: all of it, in stored order. A width does not
 * shorten it, but holds the outputs that it drops at zero.
 */
final class PlainMap {

  private final double[][] rows;
  private final double[] bias;
  private final PackedAxis axis;

  private PlainMap(PackedMap map, PackedMatrix matrix, Optional<float[]> bias) {
    this.axis = map.rows();
    this.rows = new double[matrix.rows()][];
    this.bias = new double[matrix.rows()];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = doubles(matrix.dequantised(row, row + 1));
    }
    bias.ifPresent(numbers -> System.arraycopy(doubles(numbers), 0, this.bias, 0, numbers.length));
  }

  /** A map of a block. */
  static PlainMap of(PackedBlock block, String weight) {
    PackedMap map = block.layout().map(weight);
    return new PlainMap(map, block.matrix(weight), map.map().biasName().map(block::vector));
  }

  /** A table that no width shortens. */
  static PlainMap table(PackedMap map, PackedMatrix matrix) {
    return new PlainMap(map, matrix, Optional.empty());
  }

  static double[] doubles(float[] numbers) {
    double[] copy = new double[numbers.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = numbers[i];
    }
    return copy;
  }

  /** A row, for embeddings. */
  double[] row(int index) {
    return rows[index].clone();
  }

  /** Whether a width keeps an output, for each. */
  boolean[] kept(BlockWidths widths) {
    boolean[] kept = new boolean[rows.length];
    for (int place : axis.places(widths)) {
      kept[place] = true;
    }
    return kept;
  }

  /** What is added to an output. */
  double bias(int row) {
    return bias[row];
  }

  /** {@code W x + b}, dropped outputs zero. */
  double[] apply(double[] x, BlockWidths widths) {
    boolean[] kept = kept(widths);
    double[] y = new double[rows.length];
    for (int row = 0; row < y.length; row++) {
      if (kept[row]) {
        y[row] = bias[row] + dot(rows[row], x);
      }
    }
    return y;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

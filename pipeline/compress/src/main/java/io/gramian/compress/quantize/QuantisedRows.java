package io.gramian.compress.quantize;

import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;

/** Levels and scales of rows while they are found. */
final class QuantisedRows {

  private final ColumnGroups groups;
  private final int columns;
  private final int perRow;
  private final byte[] levels;
  private final float[] scales;

  /**
   * For the levels of {@code weights [rows, columns]}.
   *
   * @throws IllegalArgumentException if they are no whole number of rows
   */
  QuantisedRows(ColumnGroups groups, float[] weights) {
    this.groups = groups;
    this.columns = groups.columns();
    this.perRow = groups.groups();
    if (weights.length % columns != 0) {
      throw new IllegalArgumentException(weights.length + " weights in rows of " + columns);
    }
    this.levels = new byte[weights.length];
    this.scales = new float[Math.multiplyExact(rows(), perRow)];
  }

  int rows() {
    return levels.length / columns;
  }

  void scale(int row, int group, float scale) {
    scales[row * perRow + group] = scale;
  }

  void level(int row, int column, int level) {
    levels[row * columns + column] = (byte) level;
  }

  /** A row of F32 weights {@code [rows, columns]}, as F64. */
  static double[] row(float[] rows, int row, int columns) {
    double[] weights = new double[columns];
    for (int i = 0; i < columns; i++) {
      weights[i] = rows[row * columns + i];
    }
    return weights;
  }

  PackedMatrix packed() {
    return PackedMatrix.of(groups, levels, scales);
  }
}

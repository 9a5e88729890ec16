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

  QuantisedRows(ColumnGroups groups, int rows) {
    this.groups = groups;
    this.columns = groups.columns();
    this.perRow = groups.groups();
    this.levels = new byte[Math.multiplyExact(rows, columns)];
    this.scales = new float[Math.multiplyExact(rows, perRow)];
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

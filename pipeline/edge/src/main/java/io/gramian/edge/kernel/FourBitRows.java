package io.gramian.edge.kernel;

import io.gramian.checkpoint.packed.ColumnGroups;

/**
 * A {@link FourBitTable} that is multiplied: its bytes in a Java array, its scales as F32.
 *
 * <p>In an array and not in the map, because JDK 17 loads vectors from a mapped buffer through
 * checks that cost about half as much as all that is computed with them. It has to be read once
 * anyway, to check that it is what was written. Scales are {@code 4 / group} bytes a weight instead
 * of {@code 2 / group}.
 *
 * <p>A kernel reads whole vectors and multiplies what it does not want by zero, so it reads on
 * behind the end of a row; behind the last one there is room for that.
 */
public final class FourBitRows implements WeightRows {

  /** Bytes of the widest vector. */
  private static final int SLACK = 64;

  private final FourBitTable table;
  private final int groups;
  private final int rowBytes;
  private final byte[] values;
  private final float[] scales;

  /** Reads a table. */
  public FourBitRows(FourBitTable table) {
    this.table = table;
    this.groups = table.groups().groups();
    this.rowBytes = table.columns() / 2;
    this.values = new byte[Math.addExact(Math.multiplyExact(table.rows(), rowBytes), SLACK)];
    table.copyValues(values);
    // One more: a step that takes two groups may find only one left.
    this.scales = new float[Math.multiplyExact(table.rows(), groups) + 1];
    for (int row = 0; row < table.rows(); row++) {
      for (int group = 0; group < groups; group++) {
        scales[row * groups + group] = table.scale(row, group);
      }
    }
  }

  @Override
  public int rows() {
    return table.rows();
  }

  @Override
  public int columns() {
    return table.columns();
  }

  @Override
  public long bytes() {
    return (long) values.length - SLACK + (scales.length - 1L) * Float.BYTES;
  }

  /** How the columns share scales. */
  public ColumnGroups groups() {
    return table.groups();
  }

  /** {@code [rows, columns / 2]}, and room behind it. */
  byte[] values() {
    return values;
  }

  /** {@code [rows, groups]}. */
  float[] scales() {
    return scales;
  }

  /** The row's first byte in {@link #values}. */
  int firstByte(int row) {
    return row * rowBytes;
  }

  /** The row's first scale in {@link #scales}. */
  int firstScale(int row) {
    return row * groups;
  }

  @Override
  public void read(int row, int column, int count, float[] destination, int at) {
    table.read(row, column, count, destination, at);
  }
}

package io.gramian.edge.kernel;

import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.ColumnGroups;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Rows in 4 bits in a mapped file: {@code w = s (v - 8)}, two values a byte, the even column in the
 * low four bits, one F16 scale a row and group of columns; as {@link
 * io.gramian.checkpoint.packed.PackedMatrix} describes, but in place. An embedding stays there: a
 * token looks one row up.
 */
public final class FourBitTable implements StoredRows {

  /** What is subtracted from a stored value. */
  static final int ZERO = 8;

  private final ColumnGroups groups;
  private final List<ColumnGroup> list;
  private final ByteBuffer values;
  private final ByteBuffer scales;
  private final int rows;
  private final int columns;

  /**
   * Binds stored bytes.
   *
   * @param values {@code [rows, columns / 2]}, little endian
   * @param scales {@code [rows, groups]} of F16, little endian
   */
  public FourBitTable(ColumnGroups groups, ByteBuffer values, ByteBuffer scales) {
    this.groups = groups;
    this.list = groups.list();
    this.columns = groups.columns();
    this.values = values;
    this.scales = scales;
    this.rows = scales.limit() / (groups.groups() * Short.BYTES);
    if (values.limit() != (long) rows * columns / 2
        || scales.limit() != (long) rows * groups.groups() * Short.BYTES) {
      throw new IllegalArgumentException(
          values.limit() + " and " + scales.limit() + " bytes for rows of " + groups);
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public long bytes() {
    return (long) values.limit() + scales.limit();
  }

  /** How the columns share scales. */
  public ColumnGroups groups() {
    return groups;
  }

  /**
   * Up to eight values of a row as an integer, column {@code column + k} in bits {@code 4 k ..}.
   *
   * @param column even
   * @param count of values; the others are zero
   */
  int eight(int row, int column, int count) {
    int at = (int) (((long) row * columns + column) >> 1);
    if (count == 8) {
      return values.getInt(at);
    }
    int eight = 0;
    for (int k = 0; k < count; k++) {
      eight |= value(row, column + k) << 4 * k;
    }
    return eight;
  }

  /** The scale of a row and group. */
  float scale(int row, int group) {
    return ofHalf(scales.getShort((row * list.size() + group) * Short.BYTES));
  }

  /**
   * F16 to F32 without a branch: exponent and fraction are shifted to their places, the difference
   * of the biases is multiplied in. Scales are finite.
   */
  static float ofHalf(short half) {
    return Float.intBitsToFloat(((half << 16) >> 3) & 0x8fff_e000) * 0x1p112f;
  }

  private int value(int row, int column) {
    long nibble = (long) row * columns + column;
    return values.get((int) (nibble >> 1)) >>> (int) (4 * (nibble & 1)) & 15;
  }

  @Override
  public void read(int row, int column, int count, float[] destination, int at) {
    for (int i = 0; i < list.size(); i++) {
      ColumnGroup group = list.get(i);
      int from = Math.max(column, group.from());
      int to = Math.min(column + count, group.to());
      if (from < to) {
        float scale = scale(row, group.index());
        int c = from;
        for (; c + 8 <= to && c % 2 == 0; c += 8) {
          eight(eight(row, c, 8), scale, destination, at + c - column);
        }
        for (; c < to; c++) {
          destination[at + c - column] = scale * (value(row, c) - ZERO);
        }
      }
    }
  }

  private static void eight(int values, float scale, float[] destination, int at) {
    for (int k = 0; k < 8; k++) {
      destination[at + k] = scale * ((values >>> 4 * k & 15) - ZERO);
    }
  }
}

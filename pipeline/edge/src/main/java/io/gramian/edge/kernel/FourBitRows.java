package io.gramian.edge.kernel;

import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.ColumnGroups;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Rows in 4 bits: {@code w = s (v - 8)}, two values a byte, the even column in the low four bits,
 * one F16 scale a row and group of columns; as {@link io.gramian.checkpoint.packed.PackedMatrix}
 * describes, but in place.
 *
 * <p>A vector kernel reads whole vectors and multiplies what it does not want by zero, so it reads
 * on behind the end of a row. Behind the last rows there may be no file any more: these are held as
 * a copy with room behind it.
 */
public final class FourBitRows implements WeightRows {

  /** What is subtracted from a stored value. */
  static final int ZERO = 8;

  /** Bytes of the widest vector. */
  private static final int SLACK = 64;

  private final ColumnGroups groups;
  private final List<ColumnGroup> list;
  private final ByteBuffer values;
  private final ByteBuffer scales;
  private final ByteBuffer tail;
  private final int rows;
  private final int rowBytes;
  private final int scaleBytes;
  private final int tailRows;

  /**
   * Binds stored bytes.
   *
   * @param values {@code [rows, columns / 2]}, direct, little endian
   * @param scales {@code [rows, groups]} of F16, direct, little endian
   */
  public FourBitRows(ColumnGroups groups, ByteBuffer values, ByteBuffer scales) {
    this.groups = groups;
    this.list = groups.list();
    this.values = values;
    this.scales = scales;
    this.rowBytes = groups.columns() / 2;
    this.scaleBytes = groups.groups() * Short.BYTES;
    this.rows = scales.limit() / scaleBytes;
    if (values.limit() != (long) rows * rowBytes || scales.limit() % scaleBytes != 0) {
      throw new IllegalArgumentException(
          values.limit() + " and " + scales.limit() + " bytes for rows of " + groups);
    }
    this.tailRows = Math.min(rows, (SLACK + rowBytes - 1) / rowBytes);
    this.tail = padded(values, (rows - tailRows) * rowBytes);
  }

  private static ByteBuffer padded(ByteBuffer values, int from) {
    int length = values.limit() - from;
    ByteBuffer copy = ByteBuffer.allocateDirect(length + SLACK);
    copy.put(0, values, from, length);
    return copy.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return groups.columns();
  }

  @Override
  public long bytes() {
    return (long) values.limit() + scales.limit();
  }

  /** How the columns share scales. */
  public ColumnGroups groups() {
    return groups;
  }

  /** {@code [rows, columns / 2]}, without room behind the end. */
  ByteBuffer stored() {
    return values;
  }

  /** Where a row can be read, with room behind its end. */
  ByteBuffer values(int row) {
    return row < rows - tailRows ? values : tail;
  }

  /** The row's first byte in {@link #values}. */
  int firstByte(int row) {
    return (row < rows - tailRows ? row : row - rows + tailRows) * rowBytes;
  }

  /** {@code [rows, groups]}. */
  ByteBuffer scales() {
    return scales;
  }

  int scaleBytes() {
    return scaleBytes;
  }

  /** The scale at a byte of {@link #scales}. */
  static float scale(ByteBuffer scales, int at) {
    return ofHalf(scales.getShort(at));
  }

  /**
   * F16 to F32 without a branch: exponent and fraction are shifted to their places, the difference
   * of the biases is multiplied in. Scales are finite.
   */
  static float ofHalf(short half) {
    return Float.intBitsToFloat(((half << 16) >> 3) & 0x8fff_e000) * 0x1p112f;
  }

  /** The stored value, 0 to 15. */
  int value(int row, int column) {
    return values.get(row * rowBytes + (column >> 1)) >>> (4 * (column & 1)) & 15;
  }

  @Override
  public void read(int row, int column, int count, float[] destination, int at) {
    for (ColumnGroup group : list) {
      int from = Math.max(column, group.from());
      int to = Math.min(column + count, group.to());
      float scale = scale(scales, row * scaleBytes + group.index() * Short.BYTES);
      for (int i = from; i < to; i++) {
        destination[at + i - column] = scale * (value(row, i) - ZERO);
      }
    }
  }
}

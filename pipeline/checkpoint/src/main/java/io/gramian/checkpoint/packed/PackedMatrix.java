package io.gramian.checkpoint.packed;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.FloatCodec;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Rows of a linear map in 4 bits: {@code w = s (v - 8)}, {@code v} the stored value in 0..15 and
 * {@code s} the F16 scale of its row and group.
 *
 * <p>Values are {@code [rows, columns / 2]} bytes, the even column in the low four bits; scales
 * {@code [rows, groups]} of two bytes, little endian: what {@code NAME.qweight} and {@code
 * NAME.scales} hold on disk. Immutable. Costs {@code rows (columns / 2 + 2 groups)} bytes.
 */
public final class PackedMatrix implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What is added to a level before it is stored. */
  static final int ZERO = 8;

  private final ColumnGroups groups;
  private final int rows;
  private final byte[] values;
  private final byte[] scales;

  private PackedMatrix(ColumnGroups groups, byte[] values, byte[] scales) {
    this.groups = groups;
    this.rows = scales.length / (groups.groups() * Short.BYTES);
    this.values = values;
    this.scales = scales;
    if (values.length != (long) rows * groups.columns() / 2
        || scales.length != (long) rows * groups.groups() * Short.BYTES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d bytes of values and %d of scales for rows of %d columns in %d groups",
              values.length,
              scales.length,
              groups.columns(),
              groups.groups()));
    }
  }

  /**
   * From the bytes as they stand on disk, copied from position to limit.
   *
   * @param scales decide how many rows there are
   * @throws IllegalArgumentException if there are not as many values
   */
  public static PackedMatrix ofBytes(ColumnGroups groups, ByteBuffer values, ByteBuffer scales) {
    return new PackedMatrix(groups, copy(values), copy(scales));
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }

  /**
   * From quantised numbers.
   *
   * @param levels {@code q [rows, columns]}, each from -8 to 7
   * @param scales {@code [rows, groups]}, each an F16 number
   */
  public static PackedMatrix of(ColumnGroups groups, byte[] levels, float[] scales) {
    byte[] values = new byte[levels.length / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (stored(levels[2 * i]) | stored(levels[2 * i + 1]) << 4);
    }
    ByteBuffer halves = ByteBuffer.allocate(scales.length * Short.BYTES);
    FloatCodec.encode(DType.F16, FloatBuffer.wrap(scales), halves);
    return new PackedMatrix(groups, values, halves.array());
  }

  private static int stored(byte level) {
    int value = level + ZERO;
    if (value < 0 || value > 15) {
      throw new IllegalArgumentException("level " + level + " is outside -8..7");
    }
    return value;
  }

  /**
   * The rows of all parts, one after the other.
   *
   * @param parts at least one, all of the same groups
   */
  public static PackedMatrix joined(List<PackedMatrix> parts) {
    ColumnGroups groups = parts.get(0).groups;
    long rows = parts.stream().mapToLong(PackedMatrix::rows).sum();
    ByteBuffer values = ByteBuffer.allocate(Math.toIntExact(rows * groups.columns() / 2));
    ByteBuffer scales = ByteBuffer.allocate(Math.toIntExact(rows * groups.groups() * Short.BYTES));
    for (PackedMatrix part : parts) {
      if (!part.groups.equals(groups)) {
        throw new IllegalArgumentException(part.groups + " cannot be joined to " + groups);
      }
      values.put(part.values);
      scales.put(part.scales);
    }
    return new PackedMatrix(groups, values.array(), scales.array());
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return groups.columns();
  }

  public ColumnGroups groups() {
    return groups;
  }

  /** {@code [rows, columns / 2]}, read-only. */
  public ByteBuffer values() {
    return ByteBuffer.wrap(values).asReadOnlyBuffer();
  }

  /** {@code [rows, groups]} of two bytes, little endian, read-only. */
  public ByteBuffer scales() {
    return ByteBuffer.wrap(scales).asReadOnlyBuffer();
  }

  /**
   * The numbers {@code s (v - 8)} of rows {@code from} to {@code to} (exclusive), row-major; exact:
   * a product of an F16 and a 4-bit integer is an F32.
   */
  public float[] dequantised(int from, int to) {
    List<ColumnGroup> list = groups.list();
    float[] scale = scales(from, to);
    float[] numbers = new float[Math.multiplyExact(to - from, columns())];
    int at = 0;
    for (int row = from; row < to; row++) {
      for (ColumnGroup group : list) {
        float unit = scale[(row - from) * list.size() + group.index()];
        for (int column = group.from(); column < group.to(); column++) {
          numbers[at++] = unit * (value(row, column) - ZERO);
        }
      }
    }
    return numbers;
  }

  private float[] scales(int from, int to) {
    int perRow = groups.groups();
    FloatBuffer numbers = FloatBuffer.allocate((to - from) * perRow);
    int bytes = perRow * Short.BYTES;
    FloatCodec.decode(
        DType.F16, ByteBuffer.wrap(scales, from * bytes, (to - from) * bytes), numbers);
    return numbers.array();
  }

  /** The stored value of a place, 0..15. */
  int value(int row, int column) {
    int at = row * (values.length / rows) + column / 2;
    return values[at] >>> (4 * (column & 1)) & 15;
  }

  /** The bits of an F16 scale. */
  short scaleBits(int row, int group) {
    int at = (row * groups.groups() + group) * Short.BYTES;
    return (short) ((scales[at] & 0xff) | (scales[at + 1] << 8));
  }

  /**
   * A narrower map: these rows, and a prefix of every run of columns. Copies bytes.
   *
   * @param keptRows places of rows
   * @param keptColumns columns of each run, even
   */
  public PackedMatrix cut(int[] keptRows, List<Integer> keptColumns) {
    ColumnGroups narrow = groups.prefixes(keptColumns);
    int[] columns = keptColumns.stream().mapToInt(kept -> kept / 2).toArray();
    int[] whole = groups.runs().stream().mapToInt(run -> run / 2).toArray();
    int[] narrowGroups = keptColumns.stream().mapToInt(groups::groupsOf).toArray();
    int[] wholeGroups = groups.runs().stream().mapToInt(groups::groupsOf).toArray();
    return new PackedMatrix(
        narrow,
        prefixes(values, keptRows, whole, columns),
        prefixes(scales, keptRows, bytes(wholeGroups), bytes(narrowGroups)));
  }

  private static int[] bytes(int[] halves) {
    return Arrays.stream(halves).map(count -> count * Short.BYTES).toArray();
  }

  /** The first {@code kept[i]} bytes of every stretch {@code i} of {@code lengths[i]} bytes. */
  private static byte[] prefixes(byte[] from, int[] rows, int[] lengths, int[] kept) {
    int perRow = Arrays.stream(lengths).sum();
    byte[] cut = new byte[Math.multiplyExact(rows.length, Arrays.stream(kept).sum())];
    int at = 0;
    for (int row : rows) {
      int source = row * perRow;
      for (int i = 0; i < lengths.length; i++) {
        System.arraycopy(from, source, cut, at, kept[i]);
        source += lengths[i];
        at += kept[i];
      }
    }
    return cut;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PackedMatrix that
        && groups.equals(that.groups)
        && Arrays.equals(values, that.values)
        && Arrays.equals(scales, that.scales);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Arrays.hashCode(scales);
  }

  @Override
  public String toString() {
    return "PackedMatrix[" + rows + " rows of " + groups + "]";
  }
}

package io.gramian.edge.kernel;

import io.gramian.checkpoint.DType;
import java.nio.ByteBuffer;

/**
 * Rows of BF16 or F32 numbers, as a checkpoint stores them.
 *
 * @param numbers {@code [rows, columns]}, direct, little endian
 * @param dtype BF16 or F32
 */
public record PlainRows(ByteBuffer numbers, DType dtype, int rows, int columns)
    implements WeightRows {

  /** Refuses other types and a buffer of another size. */
  public PlainRows {
    if (dtype != DType.BF16 && dtype != DType.F32) {
      throw new IllegalArgumentException("rows of " + dtype);
    }
    if (numbers.limit() != (long) rows * columns * dtype.bytes() || !numbers.isDirect()) {
      throw new IllegalArgumentException(
          numbers.limit() + " bytes for [" + rows + ", " + columns + "] of " + dtype);
    }
  }

  @Override
  public Object shape() {
    return dtype;
  }

  @Override
  public long bytes() {
    return numbers.limit();
  }

  /** The number at a place, whatever the type. */
  float at(int row, int column) {
    int element = row * columns + column;
    return dtype == DType.F32
        ? numbers.getFloat(element * Float.BYTES)
        : Float.intBitsToFloat(numbers.getShort(element * Short.BYTES) << 16);
  }

  @Override
  public void read(int row, int column, int count, float[] destination, int at) {
    for (int i = 0; i < count; i++) {
      destination[at + i] = at(row, column + i);
    }
  }
}

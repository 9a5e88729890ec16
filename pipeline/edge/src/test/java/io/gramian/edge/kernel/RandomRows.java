package io.gramian.edge.kernel;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.packed.ColumnGroups;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Stored rows of random numbers, as they would lie in a file. */
final class RandomRows {

  private final Random random;

  RandomRows(long seed) {
    this.random = new Random(seed);
  }

  FourBitPanels fourBit(List<Integer> rowRuns, ColumnGroups groups) {
    int rows = rowRuns.stream().mapToInt(Integer::intValue).sum();
    return new FourBitPanels(table(rows, groups), PanelShape.of(groups, rowRuns));
  }

  FourBitTable table(int rows, ColumnGroups groups) {
    ByteBuffer values = direct((long) rows * groups.columns() / 2);
    byte[] bytes = new byte[values.limit()];
    random.nextBytes(bytes);
    values.put(0, bytes);
    ByteBuffer scales = direct((long) rows * groups.groups() * Short.BYTES);
    for (int at = 0; at < scales.limit(); at += Short.BYTES) {
      // Exponents 2^-9 .. 2^-6: what scales of weights look like.
      scales.putShort(at, (short) (6 + random.nextInt(4) << 10 | random.nextInt(1024)));
    }
    return new FourBitTable(groups, readOnly(values), readOnly(scales));
  }

  PlainRows plain(DType dtype, int rows, int columns) {
    ByteBuffer numbers = direct((long) rows * columns * dtype.bytes());
    for (int i = 0; i < rows * columns; i++) {
      float value = 0.02f * (float) random.nextGaussian();
      if (dtype == DType.F32) {
        numbers.putFloat(i * Float.BYTES, value);
      } else {
        numbers.putShort(i * Short.BYTES, (short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return new PlainRows(readOnly(numbers), dtype, rows, columns);
  }

  float[] gaussian(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer readOnly(ByteBuffer buffer) {
    return buffer.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}

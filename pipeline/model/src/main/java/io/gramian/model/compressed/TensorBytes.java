package io.gramian.model.compressed;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.checkpoint.packed.RegularBlocks;
import io.gramian.model.export.Placement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What tensors hold. A packed map is {@code weight_packed} I32, eight values to a word, the first
 * in the lowest four bits, each the level plus 8: the bytes of the artifact's own order; {@code
 * weight_scale} F16, one for a row and group; and {@code weight_shape} I64, rows and columns.
 */
final class TensorBytes {

  /** Rows of a table that are in memory at a time. */
  private static final int ROWS = 1024;

  private final ShardSequence out;

  TensorBytes(ShardSequence out) {
    this.out = out;
  }

  /** An F32 vector. */
  void vector(float[] values) throws IOException {
    ByteBuffer bytes = littleEndian(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    out.append(bytes);
  }

  /** A packed table as F32 numbers, exact. */
  void table(PackedMatrix matrix) throws IOException {
    for (int row = 0; row < matrix.rows(); row += ROWS) {
      vector(matrix.dequantised(row, Math.min(row + ROWS, matrix.rows())));
    }
  }

  /** A packed map's three tensors. */
  void map(PackedMatrix matrix, Placement places, int groupSize) throws IOException {
    RegularBlocks blocks =
        RegularBlocks.of(matrix.groups(), places.columns(), groupSize).orElseThrow();
    int[] rows = places.rows();
    byte[] values = new byte[blocks.columns()];
    short[] scales = new short[blocks.blocks()];
    for (int row : rows) {
      blocks.read(matrix, row, values, scales);
      out.append(words(values));
    }
    for (int row : rows) {
      blocks.read(matrix, row, values, scales);
      ByteBuffer bytes = littleEndian(scales.length * Short.BYTES);
      bytes.asShortBuffer().put(scales);
      out.append(bytes);
    }
    out.append(littleEndian(2 * Long.BYTES).putLong(rows.length).putLong(values.length).flip());
  }

  private static ByteBuffer words(byte[] values) {
    ByteBuffer bytes = littleEndian(values.length / 2);
    for (int i = 0; i < values.length; i += 2) {
      bytes.put((byte) (values[i] | values[i + 1] << 4));
    }
    return bytes.flip();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

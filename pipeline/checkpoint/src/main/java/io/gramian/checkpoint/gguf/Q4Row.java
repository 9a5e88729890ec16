package io.gramian.checkpoint.gguf;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.checkpoint.packed.RegularBlocks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rows of a packed map as {@code Q4_0}: for each block of 32 columns the F16 scale {@code d} and 16
 * bytes, of which byte {@code j} holds column {@code j} in its low four bits and column {@code j +
 * 16} in its high ones. A value {@code v} means {@code d (v - 8)}, as it does in a packed map, so
 * nothing is rounded.
 */
public final class Q4Row {

  /** Columns of a block. */
  public static final int BLOCK = 32;

  private static final int HALF = BLOCK / 2;

  private final RegularBlocks blocks;
  private final byte[] values;
  private final short[] scales;

  /**
   * Rows of such columns.
   *
   * @throws IllegalArgumentException if blocks are not of 32
   */
  public Q4Row(RegularBlocks blocks) {
    if (blocks.size() != BLOCK) {
      throw new IllegalArgumentException("blocks of " + blocks.size() + " columns");
    }
    this.blocks = blocks;
    this.values = new byte[blocks.columns()];
    this.scales = new short[blocks.blocks()];
  }

  /**
   * A row's bytes.
   *
   * @param row of {@code matrix}, or {@link RegularBlocks#ZEROS}
   */
  public ByteBuffer bytes(PackedMatrix matrix, int row) {
    blocks.read(matrix, row, values, scales);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(GgufType.Q4_0.bytes(values.length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < scales.length; block++) {
      bytes.putShort(scales[block]);
      int first = block * BLOCK;
      for (int j = first; j < first + HALF; j++) {
        bytes.put((byte) (values[j] | values[j + HALF] << 4));
      }
    }
    return bytes.flip();
  }
}

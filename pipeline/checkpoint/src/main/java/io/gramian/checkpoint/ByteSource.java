package io.gramian.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Random access to the bytes of one file, wherever it lives: a memory map on a local disk, a
 * positioned read on HDFS.
 *
 * <p>Implementations are safe for concurrent reads.
 */
public interface ByteSource extends Closeable {

  /** The name that error messages use: the full path or address. */
  String name();

  /** Length in bytes. */
  long size();

  /**
   * Fills {@code destination} from its position to its limit with the bytes that start at {@code
   * position}, and leaves its position at its limit.
   *
   * @throws java.io.EOFException if the file ends before the buffer is full
   */
  void read(long position, ByteBuffer destination) throws IOException;

  /**
   * The {@code length} bytes that start at {@code position}: a direct, read-only buffer in little
   * endian order. Without a copy where the file is mapped.
   *
   * @throws java.io.EOFException if the file ends before them
   */
  default ByteBuffer view(long position, int length) throws IOException {
    ByteBuffer copy = ByteBuffer.allocateDirect(length);
    read(position, copy);
    return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}

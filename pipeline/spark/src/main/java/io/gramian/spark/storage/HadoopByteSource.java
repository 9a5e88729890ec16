package io.gramian.spark.storage;

import io.gramian.checkpoint.ByteSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * Positioned reads of one Hadoop file.
 *
 * <p>Hadoop's positioned reads do not move the stream, so threads may share an instance. Bytes pass
 * through a heap array of at most {@value #CHUNK} bytes, whatever the size of the buffer to fill.
 */
final class HadoopByteSource implements ByteSource {

  private static final int CHUNK = 1 << 20;

  private final String name;
  private final long size;
  private final FSDataInputStream stream;

  HadoopByteSource(String name, long size, FSDataInputStream stream) {
    this.name = name;
    this.size = size;
    this.stream = stream;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long position, ByteBuffer destination) throws IOException {
    if (position < 0 || destination.remaining() > size - position) {
      throw new EOFException(
          "%s: bytes [%d, %d) wanted of %d"
              .formatted(name, position, position + destination.remaining(), size));
    }
    byte[] chunk = new byte[Math.min(CHUNK, destination.remaining())];
    long at = position;
    while (destination.hasRemaining()) {
      int count = Math.min(chunk.length, destination.remaining());
      stream.readFully(at, chunk, 0, count);
      destination.put(chunk, 0, count);
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}

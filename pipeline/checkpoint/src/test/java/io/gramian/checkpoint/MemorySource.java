package io.gramian.checkpoint;

import java.io.EOFException;
import java.nio.ByteBuffer;

/** Bytes in memory, so that a test can damage them. */
final class MemorySource implements ByteSource {

  private final String name;
  private final byte[] bytes;

  MemorySource(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public void read(long position, ByteBuffer destination) throws EOFException {
    if (destination.remaining() > bytes.length - position) {
      throw new EOFException(name);
    }
    destination.put(bytes, Math.toIntExact(position), destination.remaining());
  }

  @Override
  public void close() {}
}

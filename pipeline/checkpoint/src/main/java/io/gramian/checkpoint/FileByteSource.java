package io.gramian.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A local file as memory maps. A Java buffer ends at 2 GiB, so the file is mapped in slices below
 * that and a read may touch several of them.
 *
 * <p>All slices are mapped when the file is opened and its channel is closed at once. Mapping costs
 * address space only, and a channel would be a hazard: the interrupt that cancels one Spark task
 * closes the channel it is reading from, for every other task that shares it. The maps themselves
 * go when the collector finds them unreachable.
 */
final class FileByteSource implements ByteSource {

  private static final long SLICE_BYTES = 1L << 30;

  private final String name;
  private final long size;
  private final long sliceBytes;
  private final List<ByteBuffer> slices;
  private volatile boolean closed;

  private FileByteSource(String name, long size, long sliceBytes, List<ByteBuffer> slices) {
    this.name = name;
    this.size = size;
    this.sliceBytes = sliceBytes;
    this.slices = slices;
  }

  /**
   * Maps {@code file} as it is now; bytes appended later are not seen.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   */
  static FileByteSource open(Path file) throws IOException {
    return open(file, SLICE_BYTES);
  }

  /** The same with slices of {@code sliceBytes}, so that a test needs no huge file. */
  static FileByteSource open(Path file, long sliceBytes) throws IOException {
    if (sliceBytes < 1 || sliceBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("slice of " + sliceBytes + " bytes");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      List<ByteBuffer> slices = new ArrayList<>();
      for (long at = 0; at < size; at += sliceBytes) {
        slices.add(channel.map(MapMode.READ_ONLY, at, Math.min(sliceBytes, size - at)));
      }
      return new FileByteSource(file.toString(), size, sliceBytes, List.copyOf(slices));
    }
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
    if (closed) {
      throw new ClosedChannelException();
    }
    checkRange(position, destination.remaining());
    long at = position;
    while (destination.hasRemaining()) {
      ByteBuffer slice = slices.get((int) (at / sliceBytes));
      int from = (int) (at % sliceBytes);
      int count = Math.min(destination.remaining(), slice.limit() - from);
      // Absolute on the shared side: no position moves, so concurrent readers do not meet.
      destination.put(destination.position(), slice, from, count);
      destination.position(destination.position() + count);
      at += count;
    }
  }

  /** What lies within one slice is a part of the map; what straddles two is mapped by itself. */
  @Override
  public ByteBuffer view(long position, int length) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    checkRange(position, length);
    return within(position, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer within(long position, int length) throws IOException {
    if (length == 0) {
      return ByteBuffer.allocateDirect(0).asReadOnlyBuffer();
    }
    int first = (int) (position / sliceBytes);
    if (first == (position + length - 1) / sliceBytes) {
      return slices.get(first).slice((int) (position % sliceBytes), length);
    }
    try (FileChannel channel = FileChannel.open(Path.of(name), StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, position, length);
    }
  }

  private void checkRange(long position, int count) throws EOFException {
    if (position < 0) {
      throw new IllegalArgumentException(name + ": read at negative position " + position);
    }
    if (count > size - position) {
      throw new EOFException(
          String.format(
              Locale.ROOT,
              "%s: %d bytes wanted at position %d, but the file ends at %d",
              name,
              count,
              position,
              size));
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}

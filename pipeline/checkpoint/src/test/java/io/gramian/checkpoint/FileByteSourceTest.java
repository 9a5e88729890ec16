package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileByteSourceTest {

  private static final int SIZE = 1 + 13 * 207;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 13, 207, SIZE - 1, SIZE, SIZE + 1, Integer.MAX_VALUE})
  void everyRangeReadsTheSameWhateverTheSlice(long sliceBytes) throws IOException {
    long seed = 20261121 + sliceBytes;
    Random random = new Random(seed);
    byte[] bytes = randomBytes(random);
    try (ByteSource source = FileByteSource.open(file(bytes), sliceBytes)) {
      assertThat(source.size()).isEqualTo(SIZE);
      for (int trial = 0; trial < 200; trial++) {
        int from = random.nextInt(SIZE + 1);
        int to = from + random.nextInt(SIZE + 1 - from);
        assertThat(read(source, from, to - from))
            .as("seed %d, bytes %d to %d", seed, from, to)
            .isEqualTo(Arrays.copyOfRange(bytes, from, to));
      }
    }
  }

  @Test
  void concurrentReadersDoNotMeet() throws IOException {
    byte[] bytes = randomBytes(new Random(7));
    try (ByteSource source = FileByteSource.open(file(bytes), 13)) {
      boolean same =
          IntStream.range(0, 2000)
              .parallel()
              .map(i -> i * 31 % (SIZE - 207))
              .allMatch(at -> Arrays.equals(read(source, at, 207), 0, 207, bytes, at, at + 207));
      assertThat(same).isTrue();
    }
  }

  @Test
  void fillsFromPositionToLimitOnly() throws IOException {
    ByteBuffer destination = ByteBuffer.allocateDirect(6);
    destination.position(2).limit(5);
    try (ByteSource source = FileByteSource.open(file(new byte[] {1, 2, 3, 4, 5}), 2)) {
      source.read(1, destination);
    }
    assertThat(destination.position()).isEqualTo(5);
    byte[] all = new byte[6];
    destination.clear().get(all);
    assertThat(all).containsExactly(0, 0, 2, 3, 4, 0);
  }

  @Test
  void readBeyondTheEndSaysTheNumbers() throws IOException {
    Path file = file(new byte[10]);
    try (ByteSource source = FileByteSource.open(file, 4)) {
      assertThatThrownBy(() -> source.read(7, ByteBuffer.allocate(4)))
          .isInstanceOf(EOFException.class)
          .hasMessage(file + ": 4 bytes wanted at position 7, but the file ends at 10");
      assertThatThrownBy(() -> source.read(Long.MAX_VALUE, ByteBuffer.allocate(1)))
          .isInstanceOf(EOFException.class);
      assertThatThrownBy(() -> source.read(-1, ByteBuffer.allocate(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file + ": read at negative position -1");
      source.read(10, ByteBuffer.allocate(0));
    }
  }

  @Test
  void emptyFile() throws IOException {
    try (ByteSource source = FileByteSource.open(file(new byte[0]))) {
      assertThat(source.size()).isZero();
      source.read(0, ByteBuffer.allocate(0));
      assertThatThrownBy(() -> source.read(0, ByteBuffer.allocate(1)))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void closedSourceRefuses() throws IOException {
    ByteSource source = FileByteSource.open(file(new byte[3]));
    source.close();
    assertThatThrownBy(() -> source.read(0, ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void interruptOfOneReaderLeavesTheSourceUsable() throws IOException {
    try (ByteSource source = FileByteSource.open(file(new byte[] {5, 6}), 1)) {
      Thread.currentThread().interrupt();
      byte[] first = read(source, 0, 2);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(first).isEqualTo(read(source, 0, 2)).containsExactly(5, 6);
    }
  }

  @Test
  void sliceMustFitABuffer() {
    assertThatThrownBy(() -> FileByteSource.open(folder, 1L << 31))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("slice of 2147483648 bytes");
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("file"), bytes);
  }

  private static byte[] randomBytes(Random random) {
    byte[] bytes = new byte[SIZE];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] read(ByteSource source, long position, int count) {
    ByteBuffer destination = ByteBuffer.allocate(count);
    try {
      source.read(position, destination);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return destination.array();
  }
}

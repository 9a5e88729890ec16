package io.gramian.edge.generate;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of the kernel's with a number a line, read again and again without allocating. Stays open:
 * its descriptor goes when it is collected.
 */
final class NumbersFile {

  static final long ABSENT = -1;

  private static final int BYTES = 8192;

  /** A petabyte less one. More is no memory, and must not overflow. */
  private static final int MOST_DIGITS = 15;

  private final Optional<RandomAccessFile> file;
  private final byte[] bytes = new byte[BYTES];
  private int size;

  private NumbersFile(Optional<RandomAccessFile> file) {
    this.file = file;
  }

  /** Without numbers if there is no such file, or it may not be read. */
  static NumbersFile open(Path path) {
    try {
      return new NumbersFile(Optional.of(new RandomAccessFile(path.toString(), "r")));
    } catch (FileNotFoundException e) {
      return new NumbersFile(Optional.empty());
    }
  }

  /** Reads the file's first 8 KiB. */
  void refresh() {
    size = 0;
    if (file.isPresent()) {
      try {
        read(file.get());
      } catch (IOException e) {
        // A number that cannot be had is absent.
        size = 0;
      }
    }
  }

  private void read(RandomAccessFile open) throws IOException {
    open.seek(0);
    int count = open.read(bytes, 0, BYTES);
    while (count > 0) {
      size += count;
      count = open.read(bytes, size, BYTES - size);
    }
  }

  /** The number behind {@code key}, which begins a line, or {@link #ABSENT}. */
  long behind(String key) {
    for (int line = 0; line < size; line = nextLine(line)) {
      if (startsWith(line, key)) {
        return number(line + key.length());
      }
    }
    return ABSENT;
  }

  private int nextLine(int from) {
    int at = from;
    while (at < size && bytes[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private boolean startsWith(int line, String key) {
    if (key.length() > size - line) {
      return false;
    }
    for (int i = 0; i < key.length(); i++) {
      if (bytes[line + i] != key.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private long number(int from) {
    int at = from;
    while (at < size && bytes[at] == ' ') {
      at++;
    }
    long value = 0;
    int digits = 0;
    while (at < size && bytes[at] >= '0' && bytes[at] <= '9' && digits <= MOST_DIGITS) {
      value = 10 * value + bytes[at++] - '0';
      digits++;
    }
    return digits == 0 || digits > MOST_DIGITS ? ABSENT : value;
  }
}

package io.gramian.compress.sort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How far the process's memory rises above where it stood: its anonymous pages as Linux counts
 * them, looked at fifty times a second. Files that it maps are not part, the Java heap is.
 */
final class Peak implements AutoCloseable {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int MILLISECONDS = 20;

  private final long before = anonymous();
  private final long heapBefore = Runtime.getRuntime().totalMemory();
  private final Thread watch = new Thread(this::watch, "peak");
  private volatile long most = before;

  private Peak() {
    watch.setDaemon(true);
  }

  /** Counts from here. */
  static Peak start() {
    Peak peak = new Peak();
    peak.watch.start();
    return peak;
  }

  private void watch() {
    try {
      while (true) {
        most = Math.max(most, anonymous());
        Thread.sleep(MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long anonymous() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }

  /** The heap's share counts what it has taken from the system, garbage included. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "memory rose by %.2f GB, the Java heap by %.2f GB of it",
        (most - before) * 1e-9,
        (Runtime.getRuntime().totalMemory() - heapBefore) * 1e-9);
  }
}

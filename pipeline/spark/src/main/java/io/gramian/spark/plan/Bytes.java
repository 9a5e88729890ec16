package io.gramian.spark.plan;

import java.util.Locale;

/** Numbers of bytes in words, by powers of 1024 as Spark's settings have them. */
public final class Bytes {

  private static final long MEBI = 1L << 20;
  private static final long GIBI = 1L << 30;

  private Bytes() {}

  /** Such as {@code 3.4 GiB} or {@code 12 MiB}. */
  public static String text(long bytes) {
    return bytes >= GIBI
        ? String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIBI)
        : bytes >= MEBI
            ? String.format(Locale.ROOT, "%.0f MiB", (double) bytes / MEBI)
            : String.format(Locale.ROOT, "%.0f KiB", (double) bytes / 1024);
  }

  /** Rounded up. */
  static long wholeGigabytes(long bytes) {
    return (bytes + GIBI - 1) / GIBI;
  }
}

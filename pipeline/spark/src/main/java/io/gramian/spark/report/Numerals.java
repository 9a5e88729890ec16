package io.gramian.spark.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Numbers as the report writes them: the same in every locale. */
final class Numerals {

  private static final List<String> BYTES = List.of("bytes", "kB", "MB", "GB", "TB");

  private Numerals() {}

  static String fixed(double value, int decimals) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  /** With a sign. */
  static String signed(double value, int decimals) {
    return String.format(Locale.ROOT, "%+,." + decimals + "f", value);
  }

  static String percent(double fraction) {
    return fixed(100 * fraction, 2) + " %";
  }

  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String count(OptionalLong value) {
    return value.isPresent() ? count(value.getAsLong()) : Table.NONE;
  }

  /** Four digits. */
  static String digits(double value) {
    double size = Math.abs(value);
    String format = size == 0 || (size >= 1e-3 && size < 1e4) ? "%.4g" : "%.3e";
    return String.format(Locale.ROOT, format, value);
  }

  /** Bytes in decimal units: 1 MB is a million. */
  static String bytes(long value) {
    int unit = unitOf(value);
    return unit == 0 ? count(value) + " bytes" : fixed(value / scale(unit), 2) + " " + name(unit);
  }

  static String bytes(OptionalLong value) {
    return value.isPresent() ? bytes(value.getAsLong()) : Table.NONE;
  }

  /** The largest unit of which {@code value} holds one. */
  static int unitOf(long value) {
    int unit = 0;
    while (unit < BYTES.size() - 1 && value >= scale(unit + 1)) {
      unit++;
    }
    return unit;
  }

  static double scale(int unit) {
    return Math.pow(1000, unit);
  }

  static String name(int unit) {
    return BYTES.get(unit);
  }
}

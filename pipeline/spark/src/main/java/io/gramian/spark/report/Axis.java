package io.gramian.spark.report;

import java.util.List;

/**
 * One axis of a chart.
 *
 * @param label what it measures, with the unit
 * @param scale how values become positions
 * @param names of the places of a {@link Scale#NAMES} axis; else empty
 */
record Axis(String label, Scale scale, List<String> names) {

  /** How values become positions. */
  enum Scale {
    LINEAR,
    LOGARITHMIC,
    /** Values count the named places from 0. */
    NAMES
  }

  /** From this ratio of largest to smallest on, equal steps would hide the small values. */
  private static final double WIDE = 50;

  Axis {
    names = List.copyOf(names);
  }

  static Axis linear(String label) {
    return new Axis(label, Scale.LINEAR, List.of());
  }

  static Axis ofNames(String label, List<String> names) {
    return new Axis(label, Scale.NAMES, names);
  }

  /** Logarithmic where the positive values of the series span a wide range. */
  static Axis fitting(String label, List<Series> series) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (Series one : series) {
      for (Series.Point point : one.points()) {
        if (point.y() > 0) {
          least = Math.min(least, point.y());
          most = Math.max(most, point.y());
        }
      }
    }
    return most > WIDE * least
        ? new Axis(label + ", logarithmic", Scale.LOGARITHMIC, List.of())
        : linear(label);
  }
}

package io.gramian.spark.report;

import java.util.List;

/**
 * One curve or one set of bars.
 *
 * @param name for the legend
 * @param look how it is drawn
 * @param points in the order of {@code x}
 */
record Series(String name, Look look, List<Point> points) {

  /** How a series is drawn. */
  enum Look {
    /** A line through marked points. */
    MARKED,
    /** A line without marks. */
    PLAIN,
    /** A dashed line: something to compare with. */
    REFERENCE,
    /** A line that changes at each point. */
    STEPS,
    BARS
  }

  /** One value. */
  record Point(double x, double y) {}

  Series {
    points = List.copyOf(points);
  }
}

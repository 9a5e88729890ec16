package io.gramian.spark.report;

import java.util.List;

/**
 * A chart and, for those who cannot see it, its numbers.
 *
 * @param id of the page's element; letters, digits and hyphens
 * @param title in a few words
 * @param caption what it shows, in a sentence
 * @param x horizontal axis
 * @param y vertical axis
 * @param series at least one
 * @param table the numbers
 */
record Chart(
    String id, String title, String caption, Axis x, Axis y, List<Series> series, Table table) {

  Chart {
    series = List.copyOf(series);
  }
}

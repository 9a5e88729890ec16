package io.gramian.spark.report;

import io.gramian.spark.report.Series.Look;
import io.gramian.spark.report.Series.Point;
import io.gramian.spark.report.Table.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Memory of the weights against width: two bytes a parameter, and the tensors as stored. */
final class MemorySection {

  private final Map<String, TreeMap<Double, Long>> curves = new LinkedHashMap<>();

  MemorySection(List<Score> scores) {
    for (Score score : scores) {
      boolean uniform = score.allocation().isEmpty() || score.allocation().equals("uniform");
      add(uniform ? "BF16" : "BF16, " + score.allocation() + " widths", score, score.size().bf16());
    }
    for (Score score : scores) {
      add(score.curve() + " as stored", score, score.size().stored());
    }
  }

  private void add(String curve, Score score, OptionalLong bytes) {
    bytes.ifPresent(
        value -> curves.computeIfAbsent(curve, c -> new TreeMap<>()).put(score.keepRatio(), value));
  }

  /** The chart, if sizes at more than one width are known. */
  Optional<Chart> chart() {
    if (curves.values().stream().flatMap(c -> c.keySet().stream()).distinct().count() < 2) {
      return Optional.empty();
    }
    long most =
        curves.values().stream().flatMap(c -> c.values().stream()).max(Long::compare).orElseThrow();
    int unit = Numerals.unitOf(most);
    List<Series> series = new ArrayList<>();
    curves.forEach((name, sizes) -> series.add(curve(name, sizes, Numerals.scale(unit))));
    return Optional.of(
        new Chart(
            "memory",
            "Memory against width",
            "Memory of the weights: two bytes a parameter in BF16; a stage as stored takes its"
                + " checkpoint's own data type.",
            Axis.linear("keep ratio (fraction of units kept)"),
            Axis.linear("weights, " + Numerals.name(unit)),
            series,
            table()));
  }

  private static Series curve(String name, Map<Double, Long> sizes, double scale) {
    List<Point> points = new ArrayList<>();
    sizes.forEach((ratio, bytes) -> points.add(new Point(ratio, bytes / scale)));
    return new Series(name, Look.MARKED, points);
  }

  private Table table() {
    List<List<String>> rows = new ArrayList<>();
    curves.forEach(
        (name, sizes) ->
            sizes
                .descendingMap()
                .forEach(
                    (ratio, bytes) ->
                        rows.add(
                            List.of(
                                name,
                                Numerals.fixed(ratio, 2),
                                Numerals.count(bytes),
                                Numerals.bytes(bytes)))));
    return Table.of(
        "Memory of the weights",
        List.of(
            Column.text("Weights"),
            Column.number("Keep ratio"),
            Column.number("Bytes"),
            Column.number("In short")),
        rows);
  }
}

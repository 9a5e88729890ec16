package io.gramian.spark.report;

import io.gramian.spark.report.Page.Section;
import io.gramian.spark.report.Page.Selection;
import io.gramian.spark.report.Series.Look;
import io.gramian.spark.report.Series.Point;
import io.gramian.spark.report.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Score spectra: a chart a coupling, a curve a block. A block's curve is the mean over its heads of
 * the scores at each rank, {@code s_j = (1/H) sum_h score_h[order_h[j]]}, since every head keeps
 * the same number of units.
 *
 * <p>A curve has at most 160 points, evenly spaced in rank, so that the page of a large model stays
 * small.
 */
final class SpectrumSection {

  private static final int POINTS = 160;

  /** Columns of the table beside best and worst. */
  private static final List<Integer> QUARTERS = List.of(25, 50, 75);

  private SpectrumSection() {}

  /** A chart for every coupling whose scores have a size; empty if nothing was sorted yet. */
  static Optional<Section> of(List<Spectrum> spectra) {
    List<Chart> charts = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Map<String, List<Spectrum>> couplings =
        new TreeMap<>(spectra.stream().collect(Collectors.groupingBy(Spectrum::coupling)));
    couplings.forEach(
        (coupling, own) -> {
          if (own.stream().allMatch(Spectrum::onlyPlaces)) {
            notes.add(coupling + " (" + criteria(own) + ")");
          } else {
            charts.add(chart(coupling, own));
          }
        });
    String note =
        notes.isEmpty()
            ? ""
            : "No spectrum for "
                + String.join(", ", notes)
                + ": backward elimination gives each unit a place in the order, not a size.";
    return spectra.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("spectra", "Score spectra", note, charts, Selection.ONE));
  }

  private static String criteria(List<Spectrum> spectra) {
    return names(spectra.stream().map(Spectrum::criterion).toList());
  }

  private static Chart chart(String coupling, List<Spectrum> spectra) {
    Map<Spectrum.Block, double[]> means = new TreeMap<>();
    Map<Spectrum.Block, List<Spectrum>> blocks =
        new TreeMap<>(spectra.stream().collect(Collectors.groupingBy(Spectrum::block)));
    blocks.forEach((block, heads) -> means.put(block, mean(heads)));
    List<Series> series = new ArrayList<>();
    means.forEach(
        (block, scores) -> series.add(new Series(name(block), Look.PLAIN, points(scores))));
    String criteria = criteria(spectra);
    String unit = names(spectra.stream().map(Spectrum::unit).toList()).replace('-', ' ');
    return new Chart(
        "spectrum-" + coupling,
        coupling,
        "Score of each "
            + unit
            + " in rank order, mean over a block's heads; one curve a block. A curve that drops"
            + " early has much to give away. Criterion: "
            + criteria
            + ".",
        Axis.linear("rank of the " + unit + " (1 is the best)"),
        Axis.fitting("score (" + criteria + ")", series),
        series,
        table(coupling, means));
  }

  private static String names(List<String> values) {
    return String.join(", ", new TreeSet<>(values));
  }

  private static String name(Spectrum.Block block) {
    return "block " + block.index() + ", layer " + block.layer();
  }

  private static double[] mean(List<Spectrum> heads) {
    int units = heads.stream().mapToInt(head -> head.scores().size()).min().orElse(0);
    return IntStream.range(0, units)
        .mapToDouble(
            rank -> heads.stream().mapToDouble(h -> h.scores().get(rank)).sum() / heads.size())
        .toArray();
  }

  private static List<Point> points(double[] scores) {
    int count = Math.min(scores.length, POINTS);
    return IntStream.range(0, count)
        .map(i -> count == 1 ? 0 : (int) Math.round((double) i * (scores.length - 1) / (count - 1)))
        .mapToObj(rank -> new Point(rank + 1, scores[rank]))
        .toList();
  }

  private static Table table(String coupling, Map<Spectrum.Block, double[]> means) {
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Column.number("Block"),
                Column.number("Layer"),
                Column.number("Units"),
                Column.number("Best")));
    QUARTERS.forEach(percent -> columns.add(Column.number("At " + percent + " % of ranks")));
    columns.add(Column.number("Last"));
    List<List<String>> rows = new ArrayList<>();
    means.forEach(
        (block, scores) -> {
          List<String> row = new ArrayList<>();
          row.add(Integer.toString(block.index()));
          row.add(Integer.toString(block.layer()));
          row.add(Numerals.count(scores.length));
          row.add(Numerals.digits(scores[0]));
          QUARTERS.forEach(
              percent ->
                  row.add(
                      Numerals.digits(
                          scores[(int) Math.round((scores.length - 1) * percent / 100.0)])));
          row.add(Numerals.digits(scores[scores.length - 1]));
          rows.add(row);
        });
    return Table.of("Scores of " + coupling + " by rank", columns, rows);
  }
}

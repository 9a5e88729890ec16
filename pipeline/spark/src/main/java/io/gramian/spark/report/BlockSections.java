package io.gramian.spark.report;

import io.gramian.spark.report.Series.Look;
import io.gramian.spark.report.Series.Point;
import io.gramian.spark.report.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What the run shows block by block: how much each matters, and how wide each becomes. */
final class BlockSections {

  private final List<String> names;

  /**
   * For blocks of these names.
   *
   * @param names in the decoder's order
   */
  BlockSections(List<String> names) {
    this.names = List.copyOf(names);
  }

  /** Names for blocks of which only the number is known. */
  static List<String> numbered(int blocks) {
    return IntStream.range(0, blocks).mapToObj(Integer::toString).toList();
  }

  /** Influence of blocks and, where it says more, of layers; empty before calibration. */
  Optional<Chart> importance(List<Influence> blocks, List<Influence> layers) {
    if (blocks.isEmpty()) {
      return Optional.empty();
    }
    boolean layersAreBlocks = layers.equals(blocks);
    List<Series> series = new ArrayList<>();
    series.add(bars("block", blocks));
    if (!layersAreBlocks && !layers.isEmpty()) {
      series.add(bars("whole layer, at its last block", layers));
    }
    return Optional.of(
        new Chart(
            "importance",
            "Importance of each block",
            "How far a block, or a layer of several blocks, turns the residual stream: mean over"
                + " tokens of one minus the cosine of input and output. Blocks that turn it little"
                + " can be cut most.",
            Axis.ofNames("residual block", names),
            Axis.linear("influence, 1 − cos"),
            series,
            importanceTable(blocks, layersAreBlocks ? List.of() : layers)));
  }

  private static Series bars(String name, List<Influence> influences) {
    return new Series(
        name,
        Look.BARS,
        influences.stream().map(i -> new Point(i.blockIndex(), i.value())).toList());
  }

  private Table importanceTable(List<Influence> blocks, List<Influence> layers) {
    Map<Integer, Double> ofLayer = new TreeMap<>();
    layers.forEach(layer -> ofLayer.put(layer.blockIndex(), layer.value()));
    return Table.of(
        "Influence of each block",
        List.of(
            Column.text("Block"),
            Column.number("Block influence"),
            Column.number("Layer influence")),
        blocks.stream()
            .map(
                block ->
                    List.of(
                        names.get(block.blockIndex()),
                        Numerals.fixed(block.value(), 5),
                        ofLayer.containsKey(block.blockIndex())
                            ? Numerals.fixed(ofLayer.get(block.blockIndex()), 5)
                            : Table.NONE))
            .toList());
  }

  /** Keep ratios of the blocks, a curve a file of {@code ratios/}; empty if there is none. */
  Optional<Chart> widths(List<ChosenWidths> allocations) {
    if (allocations.isEmpty()) {
      return Optional.empty();
    }
    List<Series> series =
        allocations.stream()
            .map(a -> new Series("keep " + Numerals.fixed(a.keepRatio(), 2), Look.STEPS, points(a)))
            .toList();
    List<Column> columns = new ArrayList<>(List.of(Column.text("Block")));
    series.forEach(one -> columns.add(Column.number(one.name())));
    List<List<String>> rows = new ArrayList<>();
    for (int block = 0; block < names.size(); block++) {
      List<String> row = new ArrayList<>(List.of(names.get(block)));
      for (ChosenWidths allocation : allocations) {
        Double kept = allocation.ofBlocks().get(block);
        row.add(kept == null ? Table.NONE : Numerals.fixed(kept, 3));
      }
      rows.add(row);
    }
    return Optional.of(
        new Chart(
            "widths",
            "Chosen widths",
            "Fraction of its units that each block keeps, one line a global keep ratio.",
            Axis.ofNames("residual block", names),
            Axis.linear("keep ratio of the block"),
            series,
            Table.of("Chosen widths", columns, rows)));
  }

  private static List<Point> points(ChosenWidths allocation) {
    List<Point> points = new ArrayList<>();
    allocation.ofBlocks().forEach((block, kept) -> points.add(new Point(block, kept)));
    return points;
  }
}

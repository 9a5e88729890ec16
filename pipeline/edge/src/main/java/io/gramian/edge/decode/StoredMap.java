package io.gramian.edge.decode;

import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.edge.kernel.ColumnPlan;
import io.gramian.edge.kernel.FourBitPanels;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.WeightRows;
import io.gramian.model.BlockWidths;
import io.gramian.model.packed.PackedAxis;
import io.gramian.model.packed.PackedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A linear map where it is stored, and what of it a width takes: prefixes of runs of its rows and
 * columns.
 */
final class StoredMap {

  private final WeightRows weights;
  private final int firstRow;
  private final PackedAxis rows;
  private final PackedAxis columns;
  private final float[] bias;

  /**
   * A map.
   *
   * @param rows how its rows fall into runs
   * @param columns how its columns do
   * @param bias in storage order; empty where the map has none
   */
  StoredMap(WeightRows weights, PackedAxis rows, PackedAxis columns, Optional<float[]> bias) {
    this(new Part(weights, 0), rows, columns, bias);
  }

  /** The same, of rows that lie together with others. */
  StoredMap(Part part, PackedAxis rows, PackedAxis columns, Optional<float[]> bias) {
    this.weights = part.weights;
    this.firstRow = part.firstRow;
    this.rows = rows;
    this.columns = columns;
    this.bias = bias.orElseGet(() -> new float[0]);
  }

  /**
   * Some of the rows that are multiplied together.
   *
   * @param firstRow the first of them
   */
  record Part(WeightRows weights, int firstRow) {}

  /** The weights, perhaps with other maps' behind or before them. */
  WeightRows weights() {
    return weights;
  }

  /**
   * The rows that are left at a width, as they lie among all of {@link #weights()}; outputs without
   * gaps.
   *
   * @param output the first one
   */
  List<RowSpan> spans(BlockWidths widths, int output) {
    return spans(rows, widths).stream()
        .map(
            span ->
                new RowSpan(firstRow + span.from(), firstRow + span.to(), output + span.output()))
        .toList();
  }

  /** The places of an axis that are left at a width. */
  static List<RowSpan> spans(PackedAxis rows, BlockWidths widths) {
    List<RowSpan> spans = new ArrayList<>();
    int output = 0;
    for (PackedRun run : rows.runs()) {
      int kept = run.kept(widths);
      if (kept > 0) {
        spans.add(new RowSpan(run.first(), run.first() + kept, output));
        output += kept;
      }
    }
    return spans;
  }

  /** Bytes of the weights and the bias. */
  long bytes() {
    return weights.bytes() * rows.channels() / weights.rows() + (long) bias.length * Float.BYTES;
  }

  /** Bytes of the rows and columns that are left. */
  long bytesRead(BlockWidths widths) {
    double share = (double) plan(widths).inputs() / columns.channels();
    long rowBytes = Math.round(weights.bytes() * share / weights.rows());
    return outputs(widths) * (rowBytes + (hasBias() ? Float.BYTES : 0));
  }

  /** Number of rows that are left. */
  int outputs(BlockWidths widths) {
    return rows.runs().stream().mapToInt(run -> run.kept(widths)).sum();
  }

  /** The stored columns that are left. */
  ColumnPlan plan(BlockWidths widths) {
    if (weights instanceof FourBitPanels packed) {
      ColumnGroups groups = packed.groups();
      return ColumnPlan.prefixes(groups, columns.kept(widths));
    }
    return ColumnPlan.plain(columns.channels());
  }

  /** Whether something is added to the products. */
  boolean hasBias() {
    return bias.length > 0;
  }

  /** The bias of all rows, in storage order; empty where the map has none. */
  float[] allBias() {
    return bias;
  }

  /** The bias of the rows that are left; empty where the map has none. */
  float[] bias(BlockWidths widths) {
    return hasBias() ? taken(bias, spans(rows, widths)) : bias;
  }

  /** The elements of a vector in storage order that stand at some rows. */
  static float[] taken(float[] stored, List<RowSpan> spans) {
    int length = spans.stream().mapToInt(RowSpan::rows).sum();
    float[] taken = new float[length];
    for (RowSpan span : spans) {
      System.arraycopy(stored, span.from(), taken, span.output(), span.rows());
    }
    return taken;
  }
}

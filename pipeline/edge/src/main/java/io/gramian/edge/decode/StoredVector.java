package io.gramian.edge.decode;

import io.gramian.edge.kernel.RowSpan;
import io.gramian.model.BlockWidths;
import io.gramian.model.packed.PackedAxis;
import java.util.List;

/** A small tensor in Java memory, in storage order: a norm, a convolution, a scan's numbers. */
final class StoredVector {

  private final PackedAxis rows;
  private final float[] values;

  /**
   * A tensor.
   *
   * @param rows how its first axis falls into runs
   */
  StoredVector(PackedAxis rows, float[] values) {
    this.rows = rows;
    this.values = values;
  }

  /** All elements. */
  float[] all() {
    return values.clone();
  }

  /** The rows that are left at a width. */
  float[] at(BlockWidths widths) {
    int perRow = values.length / rows.channels();
    int[] places = rows.places(widths);
    float[] kept = new float[places.length * perRow];
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(values, places[i] * perRow, kept, i * perRow, perRow);
    }
    return kept;
  }

  /** How its first axis falls into runs. */
  PackedAxis rows() {
    return rows;
  }

  /** The stored rows that are left at a width, counted on without gaps. */
  List<RowSpan> spans(BlockWidths widths) {
    return StoredMap.spans(rows, widths);
  }

  /** How many rows of every run are left. */
  int[] kept(BlockWidths widths) {
    return rows.runs().stream().mapToInt(run -> run.kept(widths)).toArray();
  }

  long bytes() {
    return (long) values.length * Float.BYTES;
  }
}

package io.gramian.spark.quantize;

import io.gramian.model.packed.PackedMap;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a map that one task quantises.
 *
 * @param from first row, in storage order
 * @param to one past the last
 */
record RowRange(PackedMap map, int from, int to) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Fewer are not worth a task. */
  private static final int LEAST = 32;

  /** More would not fit a task's memory beside the others. */
  private static final int MOST = 2048;

  /** All rows of all maps, in about {@code tasks} ranges; where they end changes no byte. */
  static List<RowRange> of(List<PackedMap> maps, int tasks) {
    int all = maps.stream().mapToInt(map -> map.map().out()).sum();
    int rows = Math.max(LEAST, Math.min(MOST, (all + tasks - 1) / tasks));
    List<RowRange> ranges = new ArrayList<>();
    for (PackedMap map : maps) {
      int out = map.map().out();
      for (int from = 0; from < out; from += rows) {
        ranges.add(new RowRange(map, from, Math.min(from + rows, out)));
      }
    }
    return ranges;
  }
}

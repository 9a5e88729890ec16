package io.gramian.compress.quantize;

import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;

/**
 * Quantises rows of linear maps that read one and the same input. Every row is quantised by itself,
 * in plain Java with a fixed order of operations: however a map's rows are cut into ranges, the
 * same bytes come out.
 */
public interface RowQuantiser {

  /** The columns' runs and groups. */
  ColumnGroups groups();

  /**
   * Quantises some rows of a map.
   *
   * @param tensor the map's name, for messages
   * @param rows {@code [count, columns]}, row-major; not changed
   * @throws io.gramian.checkpoint.UserException naming the tensor, if a weight is not finite or too
   *     large for an F16 scale
   */
  PackedMatrix quantise(String tensor, float[] rows);
}

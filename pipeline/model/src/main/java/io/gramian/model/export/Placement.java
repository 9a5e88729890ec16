package io.gramian.model.export;

import io.gramian.checkpoint.packed.RegularBlocks;
import java.util.stream.IntStream;

/**
 * Where the rows and columns of a packed map stand in another format: for each place there, the
 * packed map's row or column, or {@link RegularBlocks#ZEROS}.
 */
public final class Placement {

  private final int[] rows;
  private final int[] columns;

  Placement(int[] rows, int[] columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /** All as they are. */
  public static Placement same(int rows, int columns) {
    return new Placement(prefix(rows, rows), prefix(columns, columns));
  }

  /** The first {@code kept} of them, zeros behind. */
  static int[] prefix(int kept, int places) {
    return IntStream.range(0, places).map(i -> i < kept ? i : RegularBlocks.ZEROS).toArray();
  }

  /** Source rows; a copy. */
  public int[] rows() {
    return rows.clone();
  }

  /** Source columns; a copy. */
  public int[] columns() {
    return columns.clone();
  }

  /** A vector that belongs to the rows, such as a bias, at their places. */
  public float[] placed(float[] vector) {
    float[] placed = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      placed[i] = rows[i] == RegularBlocks.ZEROS ? 0 : vector[rows[i]];
    }
    return placed;
  }
}

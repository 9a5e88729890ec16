package io.gramian.checkpoint.packed;

import java.io.Serializable;

/**
 * Columns of a row that share one scale.
 *
 * @param index place of the scale in the row's
 * @param from first column
 * @param to one past the last
 */
public record ColumnGroup(int index, int from, int to) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Number of columns. */
  public int size() {
    return to - from;
  }
}

package io.gramian.edge.kernel;

import java.util.List;

/**
 * The rows of a linear map that is multiplied; read-only, shared by all threads. They may lie in
 * memory in another order than they are stored in, at <em>places</em>.
 */
public sealed interface WeightRows extends StoredRows permits FourBitPanels, PlainRows {

  /** What an {@link InputLayout} depends on besides its plan: equal for rows that can share one. */
  Object shape();

  /** Rows at places {@code n k .. n k + n - 1} are computed together: {@code n}. */
  default int together() {
    return 1;
  }

  /** Places: the rows, and perhaps some where there is none. */
  default int places() {
    return rows();
  }

  /** The stored row at a place. */
  default int rowAt(int place) {
    return place;
  }

  /**
   * The places of some rows.
   *
   * @param stored spans of stored rows
   * @return the same rows as spans of places, in their order, each with its outputs
   */
  default List<RowSpan> places(List<RowSpan> stored) {
    return stored;
  }
}

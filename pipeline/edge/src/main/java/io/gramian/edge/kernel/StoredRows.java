package io.gramian.edge.kernel;

/** Rows of numbers that can be looked up: an embedding, or a linear map's weights. */
public interface StoredRows {

  /** Rows, {@code out}. */
  int rows();

  /** Columns as stored, {@code in}. */
  int columns();

  /** Bytes that they take where they are. */
  long bytes();

  /**
   * Writes the numbers of {@code row} from {@code column} on.
   *
   * @param count how many
   */
  void read(int row, int column, int count, float[] destination, int at);
}

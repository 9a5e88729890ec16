package io.gramian.edge.kernel;

/** The rows of a linear map where they are stored; read-only, shared by all threads. */
public sealed interface WeightRows permits FourBitRows, PlainRows {

  /** Rows, {@code out}. */
  int rows();

  /** Columns as stored, {@code in}. */
  int columns();

  /** Bytes that a product with all rows and columns reads. */
  long bytes();

  /**
   * Writes the numbers of {@code row} from {@code column} on: for embeddings, and for oracles.
   *
   * @param count how many
   */
  void read(int row, int column, int count, float[] destination, int at);
}

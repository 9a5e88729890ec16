package io.gramian.edge.kernel;

/**
 * The order in which a kernel wants the inputs of one kind of rows at one width. Made by {@link
 * Kernels#layout}; means nothing to other kernels. Immutable.
 */
public interface InputLayout {

  /** Inputs of a token before they are arranged. */
  int inputs();

  /** Floats that they take afterwards. */
  int length();

  /**
   * Arranges a token's inputs.
   *
   * @param x the inputs
   * @param xAt where they begin
   * @param arranged receives {@link #length} floats
   * @param at where they begin in it
   */
  void arrange(float[] x, int xAt, float[] arranged, int at);

  /**
   * Arranges, of a single token, what a share of the columns needs.
   *
   * @param share of this layout
   */
  default void arrange(ColumnShare share, float[] x, float[] arranged) {
    arrange(x, 0, arranged, 0);
  }
}

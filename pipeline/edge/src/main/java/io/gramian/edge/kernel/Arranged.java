package io.gramian.edge.kernel;

/**
 * Inputs of some tokens in the order of an {@link InputLayout}. Allocates nothing once it is made.
 */
public final class Arranged {

  private final InputLayout layout;
  private final float[] values;

  /**
   * Inputs in an array that others use as well, at other times.
   *
   * @param values long enough for {@code layout.length()} floats of every token
   */
  public Arranged(InputLayout layout, float[] values) {
    this.layout = layout;
    this.values = values;
  }

  /** Sets a token's inputs {@code x[xAt ..]}. */
  public void set(int token, float[] x, int xAt) {
    layout.arrange(x, xAt, values, at(token));
  }

  /** Sets what a share of the columns needs of a single token's inputs {@code x}. */
  public void set(ColumnShare share, float[] x) {
    layout.arrange(share, x, values);
  }

  /** The order that they are in. */
  public InputLayout layout() {
    return layout;
  }

  float[] values() {
    return values;
  }

  /** Where a token's inputs begin. */
  int at(int token) {
    return token * layout.length();
  }
}

package io.gramian.edge.kernel;

/**
 * Inputs of some tokens in the order of an {@link InputLayout}, written by the members of a team
 * and then read by all of them. Allocates nothing once it is made.
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

  /** Sets a share of a token's inputs {@code x[xAt ..]}. */
  public void set(int token, float[] x, int xAt, Share share) {
    layout.arrange(x, xAt, values, at(token), share);
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

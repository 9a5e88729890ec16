package io.gramian.edge.kernel;

/**
 * Inputs for BF16 and F32 rows: in place for F32; for BF16, whose vectors hold two numbers a 32-bit
 * integer, those of the lower halves (even columns) and of the upper halves of each step apart.
 * Columns behind the last whole step stay as they are.
 */
final class PlainLayout implements InputLayout {

  private final int inputs;
  private final int lanes;
  private final boolean split;

  /**
   * A layout.
   *
   * @param split whether even and odd columns come apart
   */
  PlainLayout(int inputs, int lanes, boolean split) {
    this.inputs = inputs;
    this.lanes = lanes;
    this.split = split;
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int length() {
    return inputs;
  }

  /** Columns of all whole steps of {@code 2 L}. */
  int whole() {
    return inputs / (2 * lanes) * 2 * lanes;
  }

  @Override
  public void arrange(float[] x, int xAt, float[] arranged, int at) {
    if (!split) {
      System.arraycopy(x, xAt, arranged, at, inputs);
      return;
    }
    for (int column = 0; column < whole(); column += 2 * lanes) {
      split(x, xAt + column, arranged, at + column);
    }
    System.arraycopy(x, xAt + whole(), arranged, at + whole(), inputs - whole());
  }

  private void split(float[] x, int xAt, float[] arranged, int at) {
    for (int i = 0; i < lanes; i++) {
      arranged[at + i] = x[xAt + 2 * i];
      arranged[at + lanes + i] = x[xAt + 2 * i + 1];
    }
  }
}

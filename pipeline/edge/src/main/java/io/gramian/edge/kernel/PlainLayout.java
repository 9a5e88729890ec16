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
  public void arrange(float[] x, int xAt, float[] arranged, int at, Share share) {
    int steps = whole() / (2 * lanes);
    int from = share.from(steps) * 2 * lanes;
    int to = share.to(steps) * 2 * lanes;
    if (!split) {
      System.arraycopy(x, xAt + from, arranged, at + from, to - from);
    } else {
      for (int column = from; column < to; column += 2 * lanes) {
        split(x, xAt + column, arranged, at + column);
      }
    }
    if (share.index() == share.of() - 1) {
      System.arraycopy(x, xAt + whole(), arranged, at + whole(), inputs - whole());
    }
  }

  private void split(float[] x, int xAt, float[] arranged, int at) {
    for (int i = 0; i < lanes; i++) {
      arranged[at + i] = x[xAt + 2 * i];
      arranged[at + lanes + i] = x[xAt + 2 * i + 1];
    }
  }
}

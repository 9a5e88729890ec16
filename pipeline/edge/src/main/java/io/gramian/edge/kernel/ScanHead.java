package io.gramian.edge.kernel;

/**
 * One head's state and one token's inputs to it, for {@link Kernels#scan}. Reused from token to
 * token: one thread's own.
 */
public final class ScanHead {

  float[] state;
  int stateAt;
  int rowStride;
  int channels;
  int states;
  float[] convolved;
  int xAt;
  int bAt;
  int cAt;
  float[] output;
  int outputAt;
  float decay;
  float step;

  /**
   * Says where the state is.
   *
   * @param values the states of all heads
   * @param at where this head's begin
   * @param stride from one channel's states to the next one's
   */
  public ScanHead state(float[] values, int at, int stride) {
    state = values;
    stateAt = at;
    rowStride = stride;
    return this;
  }

  /**
   * Says how much of it is used.
   *
   * @param rows channels {@code P}
   * @param columns states {@code N} of each
   */
  public ScanHead extent(int rows, int columns) {
    channels = rows;
    states = columns;
    return this;
  }

  /** Says where {@code x_p}, {@code B_n} and {@code C_n} are, all in one array. */
  public ScanHead input(float[] values, int x, int b, int c) {
    convolved = values;
    xAt = x;
    bAt = b;
    cAt = c;
    return this;
  }

  /** Says where {@code y_p} goes. */
  public ScanHead output(float[] values, int at) {
    output = values;
    outputAt = at;
    return this;
  }

  /** Says {@code exp(dt a)} and {@code dt}. */
  public ScanHead decay(float perToken, float dt) {
    decay = perToken;
    step = dt;
    return this;
  }
}

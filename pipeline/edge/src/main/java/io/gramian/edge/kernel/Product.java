package io.gramian.edge.kernel;

/**
 * One linear map of one session at one width: {@code y_t = W x_t} for every token {@code t} of a
 * batch. Allocates nothing once it is made; {@link Kernels#multiply} computes any span of its rows.
 */
public final class Product {

  private final WeightRows weights;
  private final Arranged input;
  private final float[] output;
  private final int stride;

  /**
   * Binds weights to what they read and write.
   *
   * @param input arranged for these weights
   * @param output {@code [tokens, stride]}
   * @param stride from one token's outputs to the next one's
   */
  public Product(WeightRows weights, Arranged input, float[] output, int stride) {
    this.weights = weights;
    this.input = input;
    this.output = output;
    this.stride = stride;
  }

  /** The map's weights. */
  public WeightRows weights() {
    return weights;
  }

  /** What it reads. */
  public Arranged input() {
    return input;
  }

  /** What it writes. */
  public float[] output() {
    return output;
  }

  /** From one token's outputs to the next one's. */
  public int stride() {
    return stride;
  }
}

package io.gramian.edge.sampling;

/** Always the likeliest token, of equally likely ones that of the lowest id. Cost: one pass. */
public final class Greedy implements Sampler {

  /** It has no settings. */
  public Greedy() {}

  @Override
  public int next(float[] logits) {
    return Logits.highest(logits);
  }
}

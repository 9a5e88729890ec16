package io.gramian.edge.sampling;

/** Chooses the next token. Not for several threads. */
public interface Sampler {

  /**
   * The id of the token that comes next. NaN counts as impossible.
   *
   * @param logits the model's output, one for each id; not changed
   * @throws io.gramian.checkpoint.UserException if no logit is a finite number, or one is
   *     infinitely large: the weights are damaged
   */
  int next(float[] logits);
}

package io.gramian.spark.finetune;

import io.gramian.model.KeepRatio;
import java.io.Serializable;

/**
 * What held-out text costs the adapters at one width.
 *
 * @param updates made before: 0 is the sorted model
 * @param ratio the width
 * @param loss mean over all predicted tokens, nats
 * @param tokens predicted
 */
public record HeldOutLoss(long updates, KeepRatio ratio, double loss, long tokens)
    implements Serializable {

  /** {@code exp(loss)}. */
  public double perplexity() {
    return Math.exp(loss);
  }
}

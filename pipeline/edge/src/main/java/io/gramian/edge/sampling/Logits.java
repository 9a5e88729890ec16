package io.gramian.edge.sampling;

import io.gramian.checkpoint.UserException;

/** The output of a model for one token. */
final class Logits {

  private Logits() {}

  /** The lowest id of the highest logit. */
  static int highest(float[] logits) {
    int highest = -1;
    float value = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] > value) {
        highest = id;
        value = logits[id];
      }
    }
    if (!Float.isFinite(value)) {
      throw new UserException(
          "the highest of %d logits is %s, which is no finite number; "
                  .formatted(logits.length, value)
              + "the model's weights are damaged, check their checksums");
    }
    return highest;
  }
}

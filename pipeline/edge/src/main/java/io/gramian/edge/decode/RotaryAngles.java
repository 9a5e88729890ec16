package io.gramian.edge.decode;

import io.gramian.model.Rope;
import java.util.List;

/**
 * Cosines and sines of a batch's positions, for all pairs of the original model: {@code [T, r/2]}.
 * Blocks that rotate alike share them, each with its own order of pairs. In F64 until the cosine is
 * taken.
 */
final class RotaryAngles {

  private final double[] frequencies;
  private final double factor;
  private final float[] cos;
  private final float[] sin;

  /** Angles of a rotary embedding, for batches of at most {@code capacity} tokens. */
  RotaryAngles(Rope rope, int capacity) {
    List<Double> inverse = rope.inverseFrequencies();
    this.frequencies = inverse.stream().mapToDouble(Double::doubleValue).toArray();
    this.factor = rope.attentionFactor();
    this.cos = new float[capacity * frequencies.length];
    this.sin = new float[cos.length];
  }

  /** Whether a rotary embedding has these angles. */
  boolean fits(Rope rope) {
    return rope.attentionFactor() == factor
        && rope.inverseFrequencies().size() == frequencies.length
        && allEqual(rope.inverseFrequencies());
  }

  private boolean allEqual(List<Double> others) {
    for (int i = 0; i < frequencies.length; i++) {
      if (others.get(i) != frequencies[i]) {
        return false;
      }
    }
    return true;
  }

  /** Turns to a batch. */
  void set(Batch batch) {
    int at = 0;
    for (int token = 0; token < batch.tokens(); token++) {
      for (double frequency : frequencies) {
        double angle = (batch.position() + token) * frequency;
        cos[at] = (float) (Math.cos(angle) * factor);
        sin[at++] = (float) (Math.sin(angle) * factor);
      }
    }
  }

  /** Where a token's angles begin. */
  int at(int token) {
    return token * frequencies.length;
  }

  /** Cosine of a pair of the original model. */
  float cos(int at, int pair) {
    return cos[at + pair];
  }

  /** Its sine. */
  float sin(int at, int pair) {
    return sin[at + pair];
  }
}

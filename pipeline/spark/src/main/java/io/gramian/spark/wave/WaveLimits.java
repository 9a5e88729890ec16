package io.gramian.spark.wave;

/**
 * What the blocks of a wave may take together. A layer that exceeds a limit alone is a wave of its
 * own. Limits change no result, only how often hidden states are handed on.
 *
 * @param weightBytes of weights, F32, that an executor may hold
 * @param tileBytes of partial sums that a task may hold
 */
public record WaveLimits(long weightBytes, long tileBytes) {

  /** A limit on weights only. */
  public static WaveLimits ofWeights(long bytes) {
    return new WaveLimits(bytes, Long.MAX_VALUE);
  }
}

package io.gramian.spark.tokenize;

import java.io.Serializable;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Which sequences of a corpus are kept: all of them, or {@code wanted} evenly spaced ones, namely
 * {@code floor(i * available / wanted)} for {@code i = 0 ... wanted - 1}, renumbered {@code i}.
 *
 * <p>Even spacing needs no seed, takes something of every part of the corpus, and depends on
 * nothing but the two counts.
 */
record Selection(long available, long wanted) implements Serializable {

  /** Keeps at most {@code maximum} of {@code available} sequences. */
  static Selection of(long available, OptionalInt maximum) {
    return new Selection(available, Math.min(available, maximum.orElse(Integer.MAX_VALUE)));
  }

  /** The new number of a sequence, or nothing if it is not kept. */
  OptionalLong number(long sequence) {
    // The least i with floor(i * available / wanted) >= sequence.
    long i = Parts.needed(Math.multiplyExact(sequence, wanted), available);
    return i < wanted && i * available / wanted == sequence
        ? OptionalLong.of(i)
        : OptionalLong.empty();
  }
}

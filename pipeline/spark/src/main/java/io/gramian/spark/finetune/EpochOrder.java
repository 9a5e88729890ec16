package io.gramian.spark.finetune;

import java.io.Serializable;

/**
 * The order in which training meets its sequences: epoch after epoch, each a permutation of all of
 * them that follows from seed and epoch alone.
 *
 * <p>Nobody holds a permutation. A sequence computes its own place in constant time and memory: a
 * Feistel network of {@value #ROUNDS} rounds permutes {@code [0, 2^2k)}, the smallest such range
 * with room for all, and is applied again while the result lies beyond the last sequence (cycle
 * walking; fewer than four times on average). The round function is the finaliser of SplitMix64.
 *
 * @param sequences how many there are, at least 1
 */
record EpochOrder(long seed, long sequences) implements Serializable {

  private static final int ROUNDS = 8;

  /** 2^64 over the golden ratio: SplitMix64's increment. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /**
   * Where a sequence comes in the whole training, from 0.
   *
   * @param sequence its number, from 0
   * @param epoch from 0
   * @return {@code epoch * sequences +} its place in that epoch's permutation
   */
  long position(long sequence, long epoch) {
    int halfBits = halfBits();
    long key = mix(mix(seed) + GOLDEN * (epoch + 1));
    long place = sequence;
    do {
      place = permuted(place, halfBits, key);
    } while (place >= sequences);
    return Math.addExact(Math.multiplyExact(epoch, sequences), place);
  }

  /** Half the bits of the smallest range of an even number of bits that holds all places. */
  private int halfBits() {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(sequences - 1);
    return (bits + 1) / 2;
  }

  private static long permuted(long place, int halfBits, long key) {
    long mask = (1L << halfBits) - 1;
    long left = place >>> halfBits;
    long right = place & mask;
    for (int round = 1; round <= ROUNDS; round++) {
      long next = left ^ (mix(key + GOLDEN * round + right) & mask);
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}

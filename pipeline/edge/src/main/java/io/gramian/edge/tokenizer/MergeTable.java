package io.gramian.edge.tokenizer;

import java.util.Arrays;

/**
 * The merges of byte pair encoding: a pair of ids to the merge's rank, and a rank to the id that it
 * makes. Open addressing over two flat arrays, at most half full; a look-up costs O(1).
 */
final class MergeTable {

  static final int NONE = -1;

  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final int SMALLEST_BITS = 4;

  private final long[] pairs;
  private final int[] ranks;
  private final int[] products;
  private final int shift;
  private int size;

  /** With room for {@code merges} merges. */
  MergeTable(int merges) {
    int bits = Math.max(SMALLEST_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(merges) + 1);
    pairs = new long[1 << bits];
    ranks = new int[1 << bits];
    products = new int[merges];
    shift = Long.SIZE - bits;
    Arrays.fill(ranks, NONE);
  }

  /** Adds the merge of the next rank; a pair that comes again has its last rank. */
  void add(int left, int right, int product) {
    int slot = slot(left, right);
    pairs[slot] = pair(left, right);
    ranks[slot] = size;
    products[size++] = product;
  }

  /** The rank at which the pair is merged, or {@link #NONE}. */
  int rank(int left, int right) {
    return ranks[slot(left, right)];
  }

  /** The id that the merge of that rank makes. */
  int product(int rank) {
    return products[rank];
  }

  private int slot(int left, int right) {
    long pair = pair(left, right);
    int slot = (int) ((pair * MIX) >>> shift);
    while (ranks[slot] != NONE && pairs[slot] != pair) {
      slot = (slot + 1) & (pairs.length - 1);
    }
    return slot;
  }

  private static long pair(int left, int right) {
    return ((long) left << Integer.SIZE) | right;
  }
}

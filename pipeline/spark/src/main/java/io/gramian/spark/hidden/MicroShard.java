package io.gramian.spark.hidden;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A fixed group of calibration sequences: the unit that is computed at once. Which sequences it
 * holds depends on the data only, so its floating-point results are the same on any cluster.
 */
public final class MicroShard implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Tokens a shard aims at: large enough for matrix products, small enough for many shards. */
  private static final int TARGET_TOKENS = 2048;

  private final int index;
  private final long firstSequence;
  private final int[] ids;
  private final int[] lengths;

  /** Takes the arrays over: ids {@code [sequences, positions]}, padded with 0, and real tokens. */
  MicroShard(int index, long firstSequence, int[] ids, int[] lengths) {
    this.index = index;
    this.firstSequence = firstSequence;
    this.ids = ids;
    this.lengths = lengths;
  }

  /** Sequences a shard holds when none is longer than {@code sequenceLength}. */
  public static int sequencesPerShard(int sequenceLength) {
    return Math.max(1, TARGET_TOKENS / sequenceLength);
  }

  /**
   * Packs token sequences, padding the shorter ones at their end with token 0.
   *
   * @param index position among the shards
   * @param firstSequence number of the first sequence; the others follow it
   * @param sequences the real tokens of each, at least one
   */
  public static MicroShard of(int index, long firstSequence, List<int[]> sequences) {
    int positions = sequences.stream().mapToInt(s -> s.length).max().orElseThrow();
    int[] ids = new int[sequences.size() * positions];
    int[] lengths = new int[sequences.size()];
    for (int row = 0; row < lengths.length; row++) {
      int[] sequence = sequences.get(row);
      System.arraycopy(sequence, 0, ids, row * positions, sequence.length);
      lengths[row] = sequence.length;
    }
    return new MicroShard(index, firstSequence, ids, lengths);
  }

  public int index() {
    return index;
  }

  /** Number of its first sequence in the set. */
  public long firstSequence() {
    return firstSequence;
  }

  public int sequences() {
    return lengths.length;
  }

  /** {@code T}: the longest sequence, to which the others are padded. */
  public int positions() {
    return ids.length / lengths.length;
  }

  /** Token ids {@code [sequences, positions]}, row-major; not a copy. */
  public int[] ids() {
    return ids;
  }

  /** The ids of one row, padding included. */
  public int[] row(int sequence) {
    return Arrays.copyOfRange(ids, sequence * positions(), (sequence + 1) * positions());
  }

  /** Real tokens of each row; not a copy. */
  public int[] lengths() {
    return lengths;
  }
}

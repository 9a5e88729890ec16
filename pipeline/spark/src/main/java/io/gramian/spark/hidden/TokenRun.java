package io.gramian.spark.hidden;

import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive tokens of one sequence.
 *
 * @param sequence row of the shard
 * @param from first position
 * @param count how many
 */
record TokenRun(int sequence, int from, int count) {

  /**
   * All tokens of sequences of these lengths, in order, in batches of at most {@code rows}: one, if
   * they fit.
   */
  static List<List<TokenRun>> batches(int[] lengths, int rows) {
    List<List<TokenRun>> batches = new ArrayList<>();
    int room = 0;
    for (int sequence = 0; sequence < lengths.length; sequence++) {
      for (int from = 0; from < lengths[sequence]; ) {
        if (room == 0) {
          batches.add(new ArrayList<>());
          room = rows;
        }
        int count = Math.min(room, lengths[sequence] - from);
        batches.get(batches.size() - 1).add(new TokenRun(sequence, from, count));
        from += count;
        room -= count;
      }
    }
    return batches;
  }
}

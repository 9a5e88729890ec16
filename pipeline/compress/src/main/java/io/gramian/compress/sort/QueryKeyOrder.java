package io.gramian.compress.sort;

import io.gramian.compress.statistics.Statistic;
import io.gramian.model.HeadLayout;

/**
 * Scores of the query-key channels of one KV head: {@code s_i = sum over its query heads of
 * sqrt(Cq_ii) sqrt(Ck_ii)}, both after rotation (UniQL, Algorithms 2 and 6). The norm {@code
 * ||C^(1/2) e_i||} of the paper is {@code sqrt(C_ii)}, so sums of squares suffice.
 */
final class QueryKeyOrder {

  private QueryKeyOrder() {}

  /**
   * @param queries sums of squares {@code [H, d]}
   * @param keys sums of squares {@code [KV heads, d]}
   * @return {@code [d]}
   */
  static double[] channelScores(
      Statistic queries, Statistic keys, HeadLayout layout, int kvHead) {
    int size = layout.headSize();
    double[] query = queries.values();
    double[] key = keys.values();
    double[] scores = new double[size];
    for (int j = 0; j < layout.queriesPerKvHead(); j++) {
      int head = kvHead * layout.queriesPerKvHead() + j;
      for (int i = 0; i < size; i++) {
        double q = query[head * size + i] * queries.correlationScale();
        double k = key[kvHead * size + i] * keys.correlationScale();
        scores[i] += Math.sqrt(q) * Math.sqrt(k);
      }
    }
    return scores;
  }

  /** Scores of rotary pairs {@code (i, i + r/2)}: the sum of both channels'. */
  static double[] pairScores(double[] channels, int rotarySize) {
    int half = rotarySize / 2;
    double[] pairs = new double[half];
    for (int i = 0; i < half; i++) {
      pairs[i] = channels[i] + channels[i + half];
    }
    return pairs;
  }
}

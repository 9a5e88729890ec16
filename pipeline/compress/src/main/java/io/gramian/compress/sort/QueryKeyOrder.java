package io.gramian.compress.sort;

import io.gramian.compress.statistics.StatisticTiles;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import io.gramian.model.UnitSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores of the query-key channels of one KV head: {@code s_i = sum over its query heads of
 * sqrt(Cq_ii) sqrt(Ck_ii)}, both after rotation (UniQL, Algorithms 2 and 6). The norm {@code
 * ||C^(1/2) e_i||} of the paper is {@code sqrt(C_ii)}, so sums of squares suffice.
 */
final class QueryKeyOrder {

  private QueryKeyOrder() {}

  /**
   * Channel scores of one KV head.
   *
   * @param queries sums of squares {@code [H, d]}
   * @param keys sums of squares {@code [KV heads, d]}
   * @return {@code [d]}
   */
  static double[] channelScores(
      StatisticTiles queries, StatisticTiles keys, Attention attention, int kvHead) {
    HeadLayout layout = attention.layout();
    int size = attention.queryKeySize();
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

  /** Scores of units: the sum over the channels that stay together. */
  static double[] unitScores(double[] channels, List<UnitSegment> segments) {
    return segments.stream()
        .flatMapToDouble(
            segment ->
                IntStream.range(0, segment.units())
                    .mapToDouble(unit -> unitScore(channels, segment, unit)))
        .toArray();
  }

  private static double unitScore(double[] channels, UnitSegment segment, int unit) {
    double score = 0;
    for (int k = 0; k < segment.channelsPerUnit(); k++) {
      score += channels[segment.first() + k * segment.units() + unit];
    }
    return score;
  }

  /**
   * Units best first, each segment by its own scores: rotary pairs never change places with
   * channels that pass through, and a keep size splits between them in proportion.
   */
  static List<Integer> order(double[] scores, List<UnitSegment> segments) {
    List<Integer> order = new ArrayList<>();
    int from = 0;
    for (UnitSegment segment : segments) {
      int first = from;
      double[] own = Arrays.copyOfRange(scores, first, first + segment.units());
      Scores.descending(own).forEach(unit -> order.add(first + unit));
      from += segment.units();
    }
    return order;
  }
}

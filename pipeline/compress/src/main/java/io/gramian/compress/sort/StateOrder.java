package io.gramian.compress.sort;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.StatisticTiles;
import io.gramian.model.ScanLayout;
import java.util.Map;

/** Scores of the {@code N} state channels of an SSM group, higher is better. */
final class StateOrder {

  private StateOrder() {}

  static double[] scores(
      StateCriterion criterion,
      Map<Site, ? extends StatisticTiles> statistics,
      ScanLayout layout,
      int group) {
    return switch (criterion) {
      case NORM ->
          norms(statistics.get(Site.STATE_KEY), statistics.get(Site.STATE_QUERY), layout, group);
      case OUTPUT_ERROR ->
          BackwardElimination.rounds(
              new ArrayMatrix(statistics.get(Site.STATE_OUTPUT).head(group), layout.stateSize()));
    };
  }

  /**
   * {@code s_i = sum over the group's heads of sqrt(sum (dt_j B_i)^2) sqrt(sum C_i^2)} (UniQL,
   * Algorithm 4).
   *
   * @param keys {@code [H, N]}
   * @param queries {@code [G, N]}
   */
  private static double[] norms(
      StatisticTiles keys, StatisticTiles queries, ScanLayout layout, int group) {
    int size = layout.stateSize();
    double[] key = keys.values();
    double[] query = queries.values();
    double[] scores = new double[size];
    for (int j = 0; j < layout.headsPerGroup(); j++) {
      int head = group * layout.headsPerGroup() + j;
      for (int i = 0; i < size; i++) {
        double b = key[head * size + i] * keys.correlationScale();
        double c = query[group * size + i] * queries.correlationScale();
        scores[i] += Math.sqrt(b) * Math.sqrt(c);
      }
    }
    return scores;
  }
}

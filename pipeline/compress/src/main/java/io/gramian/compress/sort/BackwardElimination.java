package io.gramian.compress.sort;

/**
 * Orders units by the exact error of dropping them, greedily from the worst.
 *
 * <p>Dropping a set {@code R} costs {@code 1' M_RR 1}. Starting from none, repeatedly drop the unit
 * whose removal adds least: {@code M_ii + 2 sum_{j in R} M_ij}. One row of {@code M} is read and
 * one vector updated a step, {@code O(n^2)} in all, without a factorisation (algorithms.md section
 * 2).
 */
final class BackwardElimination {

  private BackwardElimination() {}

  /**
   * The round, from 0, in which each unit is dropped: higher is kept longer. Of equal costs the
   * higher index goes first, so that ties keep the lower one.
   */
  static double[] rounds(SymmetricMatrix matrix) {
    int size = matrix.size();
    double[] cost = new double[size];
    double[] row = new double[size];
    for (int i = 0; i < size; i++) {
      matrix.copyRow(i, row);
      cost[i] = row[i];
    }
    double[] rounds = new double[size];
    int cheapest = cheapest(cost);
    for (int round = 0; round < size; round++) {
      rounds[cheapest] = round;
      cost[cheapest] = Double.POSITIVE_INFINITY;
      matrix.copyRow(cheapest, row);
      for (int i = 0; i < size; i++) {
        cost[i] += 2 * row[i];
      }
      cheapest = cheapest(cost);
    }
    return rounds;
  }

  private static int cheapest(double[] cost) {
    int best = cost.length - 1;
    for (int i = cost.length - 2; i >= 0; i--) {
      if (cost[i] < cost[best]) {
        best = i;
      }
    }
    return best;
  }
}

package io.gramian.compress.sort;

import java.util.Arrays;

/**
 * Orders units by the exact error of dropping them, greedily from the worst.
 *
 * <p>Dropping a set {@code R} costs {@code 1' M_RR 1}. Starting from none, repeatedly drop the unit
 * whose removal adds least: {@code M_ii + 2 sum_{j in R} M_ij}. One row of {@code M} is read and
 * one vector updated a step, {@code 2 n^2} operations and as many comparisons in all, without a
 * factorisation (algorithms.md section 2). Every row is read once, {@code 8 n^2} bytes at the speed
 * of memory.
 */
final class BackwardElimination {

  private BackwardElimination() {}

  /**
   * The round, from 0, in which each unit is dropped: higher is kept longer. Of equal costs the
   * higher index goes first, so that ties keep the lower one.
   */
  static double[] rounds(SymmetricMatrix matrix) {
    return roundsByHead(matrix, 1);
  }

  /**
   * The same with one unit of every head dropped a round, so that all heads shrink alike. Heads
   * hold {@code size / heads} consecutive units each and take their turns in order.
   */
  static double[] roundsByHead(SymmetricMatrix matrix, int heads) {
    int perHead = matrix.size() / heads;
    Costs costs = new Costs(matrix);
    double[] rounds = new double[matrix.size()];
    for (int round = 0; round < perHead; round++) {
      int[] chosen = new int[heads];
      Arrays.setAll(chosen, head -> costs.cheapest(head * perHead, (head + 1) * perHead));
      for (int unit : chosen) {
        rounds[unit] = round;
        costs.drop(unit);
      }
    }
    return rounds;
  }

  /** What dropping each remaining unit would add: {@code M_ii + 2 sum_{j in R} M_ij}. */
  private static final class Costs {

    private final SymmetricMatrix matrix;
    private final double[] cost;
    private final double[] row;

    Costs(SymmetricMatrix matrix) {
      this.matrix = matrix;
      this.cost = new double[matrix.size()];
      this.row = new double[matrix.size()];
      Arrays.setAll(cost, matrix::diagonal);
    }

    /** Of equal costs the highest index. */
    int cheapest(int from, int to) {
      int best = to - 1;
      for (int i = to - 2; i >= from; i--) {
        if (cost[i] < cost[best]) {
          best = i;
        }
      }
      return best;
    }

    void drop(int unit) {
      cost[unit] = Double.POSITIVE_INFINITY;
      matrix.copyRow(unit, row);
      for (int i = 0; i < cost.length; i++) {
        cost[i] += 2 * row[i];
      }
    }
  }
}

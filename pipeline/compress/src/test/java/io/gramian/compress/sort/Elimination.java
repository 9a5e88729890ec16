package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/**
 * Replays a reference's elimination on our own matrix. Rounds depend on all rounds before, so two
 * units whose costs agree to the tolerance may swap; every choice the reference made must be the
 * cheapest up to it.
 */
final class Elimination {

  private static final double TOLERANCE = 1e-3;

  private Elimination() {}

  /**
   * Asserts it for {@code heads} equal parts of consecutive units that each lose one a round.
   *
   * @param matrix {@code M [n, n]}
   * @param rounds the reference's round of every unit
   */
  static void assertCheapest(double[] matrix, double[] rounds, int heads) {
    int size = rounds.length;
    int perHead = size / heads;
    double[] cost = new double[size];
    for (int i = 0; i < size; i++) {
      cost[i] = matrix[i * size + i];
    }
    for (int round = 0; round < perHead; round++) {
      double[] before = cost.clone();
      for (int head = 0; head < heads; head++) {
        int from = head * perHead;
        int dropped = droppedIn(rounds, round, from, from + perHead);
        double cheapest = Arrays.stream(before, from, from + perHead).min().orElseThrow();
        assertThat(before[dropped])
            .as("round %d of head %d: unit %d", round, head, dropped)
            .isLessThanOrEqualTo(cheapest + TOLERANCE * matrix[dropped * size + dropped]);
        cost[dropped] = Double.POSITIVE_INFINITY;
        for (int i = 0; i < size; i++) {
          cost[i] += 2 * matrix[dropped * size + i];
        }
      }
    }
  }

  private static int droppedIn(double[] rounds, int round, int from, int to) {
    for (int i = from; i < to; i++) {
      if (rounds[i] == round) {
        return i;
      }
    }
    throw new AssertionError("the reference drops nothing of " + from + ".." + to + " in " + round);
  }
}

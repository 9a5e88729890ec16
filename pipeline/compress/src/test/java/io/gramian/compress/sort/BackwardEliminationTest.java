package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackwardEliminationTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "13, 3", "13, 4", "40, 5"})
  void everyRoundDropsWhatCostsLeastInAll(int size, long seed) {
    double[][] matrix = semidefinite(size, new Random(seed));
    double[] rounds = BackwardElimination.rounds(rows(matrix));
    List<Integer> dropped = new ArrayList<>();
    for (int round = 0; round < size; round++) {
      int next = indexOf(rounds, round);
      double chosen = error(matrix, dropped, next);
      for (int other = 0; other < size; other++) {
        if (!dropped.contains(other)) {
          assertThat(chosen)
              .as("seed %d round %d against %d", seed, round, other)
              .isLessThanOrEqualTo(error(matrix, dropped, other) + 1e-9);
        }
      }
      dropped.add(next);
    }
  }

  @Test
  void channelsThatCancelFollowEachOther() {
    // 0 and 1 are large and opposite: once one is gone, dropping the other mends the error.
    double[][] matrix = {{4, -4, 0}, {-4, 4, 0}, {0, 0, 1}};
    double[] rounds = BackwardElimination.rounds(rows(matrix));
    assertThat(rounds).containsExactly(2, 1, 0);
    double[][] weaker = {{4, -4, 0}, {-4, 4, 0}, {0, 0, 5}};
    assertThat(BackwardElimination.rounds(rows(weaker))).containsExactly(1, 0, 2);
  }

  @Test
  void tiesKeepTheLowerIndex() {
    double[][] matrix = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    assertThat(BackwardElimination.rounds(rows(matrix))).containsExactly(2, 1, 0);
  }

  /** {@code 1' M_RR 1} for the dropped units and one more. */
  private static double error(double[][] matrix, List<Integer> dropped, int candidate) {
    List<Integer> all = new ArrayList<>(dropped);
    all.add(candidate);
    double sum = 0;
    for (int i : all) {
      for (int j : all) {
        sum += matrix[i][j];
      }
    }
    return sum;
  }

  private static int indexOf(double[] rounds, int round) {
    for (int i = 0; i < rounds.length; i++) {
      if (rounds[i] == round) {
        return i;
      }
    }
    throw new AssertionError("no unit was dropped in round " + round);
  }

  private static double[][] semidefinite(int size, Random random) {
    double[][] factor = new double[size][size];
    for (double[] row : factor) {
      for (int j = 0; j < size; j++) {
        row[j] = random.nextGaussian();
      }
    }
    double[][] product = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        for (int k = 0; k < size; k++) {
          product[i][j] += factor[k][i] * factor[k][j];
        }
      }
    }
    return product;
  }

  private static SymmetricMatrix rows(double[][] matrix) {
    return new SymmetricMatrix() {
      @Override
      public int size() {
        return matrix.length;
      }

      @Override
      public double diagonal(int index) {
        return matrix[index][index];
      }

      @Override
      public void copyRow(int index, double[] row) {
        System.arraycopy(matrix[index], 0, row, 0, row.length);
      }
    };
  }
}

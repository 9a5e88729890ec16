package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.DenseMatrix;
import io.gramian.compress.tensor.NativeRuntime;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RidgeLeverageIT {

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  /** Fewer tokens than channels, as many, more. */
  @ParameterizedTest
  @CsvSource({"1, 5, 1", "13, 4, 2", "13, 13, 3", "40, 207, 4", "513, 30, 5"})
  void equalsTheDenseInverse(int size, int tokens, long seed) {
    DenseMatrix x = DenseMatrix.random(new Random(seed), tokens, size);
    DenseMatrix correlation = x.transposed().times(x);
    DenseMatrix leverage =
        correlation.times(correlation.plus(DenseMatrix.identity(size), 1).inverse());
    double[] scores = scores(correlation);
    for (int i = 0; i < size; i++) {
      assertThat(scores[i])
          .as("seed %d channel %d", seed, i)
          .isCloseTo(leverage.get(i, i), within(1e-10));
    }
  }

  /**
   * Channels alone with much energy score 1, without energy 0, with energy 1 (lambda) a half, and
   * two copies of one share its score.
   */
  @Test
  void plantedChannelsScoreWhatIsKnown() {
    double[] x = new double[4 * 6];
    x[0] = 1e6;
    x[6 + 1] = 1;
    x[12 + 2] = 1e6;
    x[12 + 3] = 1e6;
    x[18 + 4] = 1e-6;
    DenseMatrix activations = DenseMatrix.of(4, 6, x);
    assertThat(scores(activations.transposed().times(activations)))
        .containsExactly(new double[] {1, 0.5, 0.5, 0.5, 0, 0}, within(1e-6));
  }

  /** The scores of a matrix of rank r with large eigenvalues sum to r, its effective dimension. */
  @Test
  void plantedRankIsTheSumOfTheScores() {
    long seed = 5;
    Random random = new Random(seed);
    DenseMatrix x =
        DenseMatrix.random(random, 60, 7)
            .map(v -> v * 1e2)
            .times(DenseMatrix.random(random, 7, 207));
    double[] scores = scores(x.transposed().times(x));
    assertThat(Arrays.stream(scores).sum()).as("seed %d", seed).isCloseTo(7, within(1e-4));
  }

  @Test
  void aMatrixWithANegativeEigenvalueIsRefused() {
    DenseMatrix indefinite = DenseMatrix.of(2, 2, new double[] {0, 5, 5, 0});
    assertThatThrownBy(() -> scores(indefinite))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the correlation matrix is not positive semi-definite");
  }

  private static double[] scores(DenseMatrix correlation) {
    try (PointerScope scope = new PointerScope()) {
      return RidgeLeverage.scores(correlation.toTensor());
    }
  }
}

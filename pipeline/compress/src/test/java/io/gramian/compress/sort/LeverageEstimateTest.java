package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the whole sum, on matrices made from their eigenvectors. */
class LeverageEstimateTest {

  private static final int CHANNELS = 13;

  /** Spectra that fall fast, slowly, and not at all. */
  @ParameterizedTest
  @CsvSource({"1, 0.3", "2, 0.8", "3, 1.0", "4, 0.05"})
  void theTruthLiesWithinTheErrors(long seed, double decay) {
    double[] energies = new double[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      energies[i] = 50 * Math.pow(decay, i);
    }
    double[] v = orthonormal(new Random(seed));
    for (int rank = 1; rank <= CHANNELS; rank++) {
      LeverageEstimate estimate =
          LeverageEstimate.of(
              first(energies, rank), first(v, rank * CHANNELS), diagonal(energies, v));
      for (int j = 0; j < CHANNELS; j++) {
        assertThat(estimate.errors().get(j)).isNotNegative();
        assertThat(Math.abs(estimate.scores().get(j) - exact(energies, v, j)))
            .as("seed %d rank %d channel %d", seed, rank, j)
            .isLessThanOrEqualTo(estimate.errors().get(j) + 1e-12);
      }
      assertThat(estimate.worstError()).isLessThan(0.5);
    }
  }

  @Test
  void nothingIsUncertainWhenAllDirectionsAreKnown() {
    double[] energies = new double[CHANNELS];
    java.util.Arrays.setAll(energies, i -> CHANNELS - i);
    double[] v = orthonormal(new Random(9));
    LeverageEstimate estimate = LeverageEstimate.of(energies, v, diagonal(energies, v));
    assertThat(estimate.worstError()).isLessThan(1e-12);
    assertThat(estimate.scores().get(5)).isCloseTo(exact(energies, v, 5), within(1e-12));
  }

  /** One direction is known, and the tail of every other channel is spread evenly or is zero. */
  @Test
  void boundsAreMet() {
    double[] v = {1, 0, 0};
    LeverageEstimate estimate = LeverageEstimate.of(new double[] {4}, v, new double[] {4, 4, 1});
    double middle = (4 / 5.0 + 4 / 5.0) / 2;
    assertThat(estimate.scores()).containsExactly(4 / 5.0, middle, (1 / 5.0 + 1 / 2.0) / 2);
    assertThat(estimate.errors().get(0)).isZero();
    assertThat(estimate.errors().get(2)).isCloseTo((1 / 2.0 - 1 / 5.0) / 2, within(1e-15));
  }

  @Test
  void silentChannelsHaveNoLeverage() {
    LeverageEstimate estimate =
        LeverageEstimate.of(new double[] {0}, new double[] {0, 0}, new double[] {0, 0});
    assertThat(estimate.scores()).containsExactly(0.0, 0.0);
    assertThat(estimate.worstError()).isZero();
  }

  private static double exact(double[] energies, double[] v, int j) {
    double sum = 0;
    for (int i = 0; i < CHANNELS; i++) {
      sum += v[i * CHANNELS + j] * v[i * CHANNELS + j] * energies[i] / (energies[i] + 1);
    }
    return sum;
  }

  private static double[] diagonal(double[] energies, double[] v) {
    double[] diagonal = new double[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      for (int j = 0; j < CHANNELS; j++) {
        diagonal[j] += v[i * CHANNELS + j] * v[i * CHANNELS + j] * energies[i];
      }
    }
    return diagonal;
  }

  private static double[] first(double[] values, int count) {
    return java.util.Arrays.copyOf(values, count);
  }

  /** Gram and Schmidt, twice. */
  private static double[] orthonormal(Random random) {
    double[] v = random.doubles(CHANNELS * CHANNELS, -1, 1).toArray();
    for (int i = 0; i < CHANNELS; i++) {
      for (int before = 0; before < 2 * i; before++) {
        subtract(v, i, before % Math.max(1, i));
      }
      double norm = Math.sqrt(dot(v, i, i));
      for (int j = 0; j < CHANNELS; j++) {
        v[i * CHANNELS + j] /= norm;
      }
    }
    return v;
  }

  private static void subtract(double[] v, int i, int before) {
    double share = dot(v, i, before);
    for (int j = 0; j < CHANNELS; j++) {
      v[i * CHANNELS + j] -= share * v[before * CHANNELS + j];
    }
  }

  private static double dot(double[] v, int i, int k) {
    double sum = 0;
    for (int j = 0; j < CHANNELS; j++) {
      sum += v[i * CHANNELS + j] * v[k * CHANNELS + j];
    }
    return sum;
  }
}

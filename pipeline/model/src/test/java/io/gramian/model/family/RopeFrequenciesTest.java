package io.gramian.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.model.family.RopeFrequencies.Llama3Scaling;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RopeFrequenciesTest {

  private static final Offset<Double> ROUNDING = within(1e-15);

  @Test
  void frequenciesAreAGeometricSeries() {
    List<Double> frequencies = RopeFrequencies.unscaled(8, 10_000.0);

    assertThat(frequencies).hasSize(4);
    double[] expected = {1.0, 0.1, 0.01, 0.001};
    for (int i = 0; i < 4; i++) {
      assertThat(frequencies.get(i)).isCloseTo(expected[i], ROUNDING);
    }
  }

  @Test
  void partialRotationSpansTheWholeSeriesWithFewerPairs() {
    assertThat(RopeFrequencies.unscaled(2, 10_000.0)).containsExactly(1.0);
    assertThat(RopeFrequencies.unscaled(4, 10_000.0)).hasSize(2).last().isEqualTo(0.01);
  }

  @Test
  void linearScalingDividesEveryFrequency() {
    assertThat(RopeFrequencies.linear(List.of(1.0, 0.5), 4.0)).containsExactly(0.25, 0.125);
  }

  /**
   * By hand, with 512 positions, factor 8, 1 to 4 turns: 1 rad makes 81.5 turns and stays; 0.025
   * rad makes 2.0372 turns, so s = 1.0372 / 3 = 0.345724 and f = 0.345724 * 0.025 + 0.654276 *
   * 0.025 / 8; 0.01 rad makes 0.81 turns and becomes 0.00125.
   */
  @Test
  void llama3ScalingByHand() {
    List<Double> scaled =
        RopeFrequencies.llama3(List.of(1.0, 0.025, 0.01), new Llama3Scaling(8, 1, 4, 512));

    assertThat(scaled.get(0)).isEqualTo(1.0);
    assertThat(scaled.get(1)).isCloseTo(0.0106877, within(1e-7));
    assertThat(scaled.get(2)).isEqualTo(0.00125);
  }

  @Test
  void llama3ScalingEqualsTheReferenceFormula() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      double theta = Math.pow(10, 3 + 3 * random.nextDouble());
      double low = 0.5 + random.nextDouble();
      Llama3Scaling scaling =
          new Llama3Scaling(1 + 31 * random.nextDouble(), low, low + 4 * random.nextDouble(), 8192);
      List<Double> frequencies = RopeFrequencies.unscaled(128, theta);
      List<Double> scaled = RopeFrequencies.llama3(frequencies, scaling);

      for (int i = 0; i < frequencies.size(); i++) {
        assertThat(scaled.get(i))
            .as("seed %d, pair %d", seed, i)
            .isCloseTo(reference(frequencies.get(i), scaling), within(1e-14));
      }
    }
  }

  /** As published with Llama 3.1 (apply_scaling in models/llama3/reference_impl/model.py). */
  private static double reference(double frequency, Llama3Scaling s) {
    double lowFrequencyWavelength = s.originalPositions() / s.lowFrequencyFactor();
    double highFrequencyWavelength = s.originalPositions() / s.highFrequencyFactor();
    double wavelength = 2 * Math.PI / frequency;
    if (wavelength < highFrequencyWavelength) {
      return frequency;
    }
    if (wavelength > lowFrequencyWavelength) {
      return frequency / s.factor();
    }
    double smooth =
        (s.originalPositions() / wavelength - s.lowFrequencyFactor())
            / (s.highFrequencyFactor() - s.lowFrequencyFactor());
    return (1 - smooth) * frequency / s.factor() + smooth * frequency;
  }
}

package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.RandomModel;
import io.gramian.compress.tensor.NativeRuntime;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockInfluenceIT {

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "13, 207", "207, 13", "5, 513"})
  void isTheSumOfOneMinusTheCosine(int tokens, int size) {
    Random random = new Random(size);
    float[] x = RandomModel.gaussians(random, tokens * size);
    float[] y = RandomModel.gaussians(random, tokens * size);
    double expected = 0;
    for (int token = 0; token < tokens; token++) {
      expected += 1 - cosine(x, y, token * size, size);
    }
    assertThat(influence(x, y, tokens)).as("seed %d", size).isCloseTo(expected, within(1e-10));
  }

  @Test
  void thatWhichStaysCountsNothingAndThatWhichTurnsRoundTwo() {
    float[] x = {3, 4, -1e-20f, 2e-20f};
    float[] opposite = {-3, -4, 1e-20f, -2e-20f};
    assertThat(influence(x, x, 2)).isCloseTo(0, within(1e-12));
    assertThat(influence(x, opposite, 2)).isCloseTo(4, within(1e-12));
  }

  /** Embeddings of padding tokens are zero in many models: no direction, but a number. */
  @Test
  void aZeroVectorIsAtRightAnglesToEverything() {
    assertThat(influence(new float[] {0, 0, 1, 0}, new float[] {1, 2, 1, 0}, 2)).isEqualTo(1);
    assertThat(influence(new float[] {1, 0}, new float[] {0, 0}, 1)).isEqualTo(1);
  }

  private static double influence(float[] x, float[] y, int tokens) {
    try (PointerScope scope = new PointerScope()) {
      return BlockInfluence.of(
          Tensor.create(x, tokens, x.length / tokens), Tensor.create(y, tokens, y.length / tokens));
    }
  }

  private static double cosine(float[] x, float[] y, int from, int size) {
    double dot = 0;
    double xx = 0;
    double yy = 0;
    for (int i = from; i < from + size; i++) {
      dot += (double) x[i] * y[i];
      xx += (double) x[i] * x[i];
      yy += (double) y[i] * y[i];
    }
    return dot / Math.sqrt(xx) / Math.sqrt(yy);
  }
}

package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.Site;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticIT {

  private static final StatisticKey KEY = new StatisticKey(1, Site.DOWN_INPUT);
  private static final int TOKENS = 11;
  private static final int NOMINAL = 256;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 207, 513})
  void correlationIsTheScaledProduct(int size) {
    float[] x = RandomModel.gaussians(new Random(size), TOKENS * size);
    Statistic statistic = gram(x, size);
    double[] full;
    try (PointerScope scope = new PointerScope()) {
      full = Tensors.doubles(statistic.correlation());
    }
    double[] diagonal = statistic.correlationDiagonal();
    assertThat(full).hasSize(size * size);
    assertThat(diagonal).hasSize(size);
    double worst = 0;
    for (int i = 0; i < size; i++) {
      assertThat(diagonal[i]).isEqualTo(full[i * size + i]);
      for (int j = 0; j <= i; j++) {
        double expected = product(x, size, i, j) * NOMINAL / TOKENS;
        worst = Math.max(worst, Math.abs(full[i * size + j] - expected));
        worst = Math.max(worst, Math.abs(full[i * size + j] - full[j * size + i]) * 1e6);
      }
    }
    assertThat(worst).as("seed %d", size).isLessThan(1e-9);
  }

  @Test
  void tilesOverDifferentTokensAreNoStatistic() {
    Tile seen = Tile.zeros(1, 1);
    seen.add(new double[] {1}, 5);
    assertThatThrownBy(() -> new Statistic(KEY, Map.of(), NOMINAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tiles over one and the same set of tokens");
    assertThatThrownBy(
            () ->
                new Statistic(
                    KEY,
                    Map.of(
                        new TileKey(1, Site.VALUE, 0, 0),
                        seen,
                        new TileKey(1, Site.VALUE, 1, 0),
                        Tile.zeros(1, 1)),
                    NOMINAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tiles over one and the same set of tokens");
  }

  @Test
  void aTileHasAsManySumsAsElements() {
    assertThatThrownBy(() -> new Tile(2, 3, FixedPointSum.zeros(5), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("5 sums for a tile of 2 x 3");
  }

  private static Statistic gram(float[] x, int size) {
    GramAccumulator gram = new GramAccumulator(KEY, size);
    try (PointerScope scope = new PointerScope()) {
      gram.add(Tensor.create(x, TOKENS, size));
    }
    return new Statistic(KEY, gram.tiles(), NOMINAL);
  }

  private static double product(float[] x, int size, int left, int right) {
    double sum = 0;
    for (int token = 0; token < TOKENS; token++) {
      sum += (double) x[token * size + left] * x[token * size + right];
    }
    return sum;
  }
}

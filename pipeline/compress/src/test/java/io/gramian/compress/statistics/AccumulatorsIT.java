package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.Site;
import io.gramian.compress.tensor.NativeRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccumulatorsIT {

  private static final StatisticKey KEY = new StatisticKey(3, Site.DOWN_INPUT);
  private static final int TOKENS = 7;
  private static final double ROUNDING = 1e-11;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 207, 513})
  void gramIsTheSumOfOuterProducts(int size) {
    float[] x = RandomModel.gaussians(new Random(size), TOKENS * size);
    Map<TileKey, Tile> tiles = tiles(new GramAccumulator(KEY, size), x, TOKENS, size);
    int strips = size > 512 ? 2 : 1;
    assertThat(tiles).hasSize(strips * (strips + 1) / 2);
    tiles.forEach(
        (place, tile) -> {
          assertThat(tile.tokens()).isEqualTo(TOKENS);
          assertThat(place.statistic()).isEqualTo(KEY);
          assertThat(place.row()).isLessThanOrEqualTo(place.column());
          double[] sums = tile.sum().toDoubles();
          for (int i = 0; i < sums.length; i++) {
            int row = place.row() * 512 + i / tile.columns();
            int column = place.column() * 512 + i % tile.columns();
            assertSum(sums[i], product(x, size, row, column), size);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 13", "2, 207"})
  void headGramsAreTheSumsOfOuterProductsOfEachHead(int heads, int size) {
    int width = heads * size;
    float[] x = RandomModel.gaussians(new Random(width), TOKENS * width);
    Map<TileKey, Tile> tiles = tiles(new HeadGramAccumulator(KEY), x, TOKENS, heads, size);
    assertThat(tiles).hasSize(heads);
    tiles.forEach(
        (place, tile) -> {
          assertThat(place.column()).isZero();
          double[] sums = tile.sum().toDoubles();
          assertThat(sums).hasSize(size * size);
          for (int i = 0; i < sums.length; i++) {
            int first = place.row() * size;
            assertSum(sums[i], product(x, width, first + i / size, first + i % size), width);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 13", "2, 207"})
  void squareSumsAreOfEachHeadAndChannel(int heads, int size) {
    int width = heads * size;
    float[] x = RandomModel.gaussians(new Random(width), TOKENS * width);
    Map<TileKey, Tile> tiles = tiles(new SquareSumAccumulator(KEY), x, TOKENS, heads, size);
    Tile tile = tiles.get(new TileKey(3, Site.DOWN_INPUT, 0, 0));
    assertThat(tile.rows()).isEqualTo(heads);
    assertThat(tile.columns()).isEqualTo(size);
    double[] sums = tile.sum().toDoubles();
    for (int i = 0; i < width; i++) {
      assertSum(sums[i], product(x, width, i, i), width);
    }
  }

  /** The gram of 513 has a tile of one column and one of one element. */
  @ParameterizedTest
  @ValueSource(ints = {1, 13, 207, 513})
  void anySplitGivesTheSameWords(int size) {
    assertSplitInvariant(() -> new GramAccumulator(KEY, size), size);
    assertSplitInvariant(() -> new HeadGramAccumulator(KEY), 3, size);
    assertSplitInvariant(() -> new SquareSumAccumulator(KEY), 3, size);
  }

  @Test
  void aTaskWithoutTokensHasNoTiles() {
    assertThat(new GramAccumulator(KEY, 13).tiles()).isEmpty();
    assertThat(new HeadGramAccumulator(KEY).tiles()).isEmpty();
    assertThat(new SquareSumAccumulator(KEY).tiles()).isEmpty();
  }

  private static void assertSplitInvariant(Supplier<Accumulator> make, long... shape) {
    Random random = new Random(shape[shape.length - 1]);
    Accumulator whole = make.get();
    List<Accumulator> parts = List.of(make.get(), make.get(), make.get());
    try (PointerScope scope = new PointerScope()) {
      for (int batch = 0; batch < 9; batch++) {
        Tensor x = random(random, 1 + random.nextInt(9), shape);
        whole.add(x);
        parts.get(random.nextInt(parts.size())).add(x);
      }
    }
    Map<TileKey, Tile> merged = new TreeMap<>();
    List<Accumulator> backwards =
        new ArrayList<>(List.of(parts.get(2), parts.get(0), parts.get(1)));
    backwards.forEach(
        part -> part.tiles().forEach((key, tile) -> merged.merge(key, tile, Tile::merge)));
    assertThat(merged.keySet()).isEqualTo(whole.tiles().keySet()).isNotEmpty();
    merged.forEach(
        (key, tile) -> {
          assertThat(tile.sum().equals(whole.tiles().get(key).sum())).as("%s", key).isTrue();
          assertThat(tile.tokens()).isEqualTo(whole.tiles().get(key).tokens());
        });
  }

  private static Tensor random(Random random, int tokens, long... shape) {
    long[] full = new long[shape.length + 1];
    full[0] = tokens;
    System.arraycopy(shape, 0, full, 1, shape.length);
    int count = tokens;
    for (long size : shape) {
      count *= (int) size;
    }
    return Tensor.create(RandomModel.gaussians(random, count), full);
  }

  private static Map<TileKey, Tile> tiles(Accumulator accumulator, float[] x, long... shape) {
    try (PointerScope scope = new PointerScope()) {
      accumulator.add(Tensor.create(x, shape));
    }
    return accumulator.tiles();
  }

  private static double product(float[] x, int width, int left, int right) {
    double sum = 0;
    for (int token = 0; token < TOKENS; token++) {
      sum += (double) x[token * width + left] * x[token * width + right];
    }
    return sum;
  }

  private static void assertSum(double actual, double expected, long seed) {
    if (!(Math.abs(actual - expected) <= ROUNDING)) {
      assertThat(actual).as("seed %d", seed).isCloseTo(expected, within(ROUNDING));
    }
  }
}

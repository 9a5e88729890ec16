package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.Site;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is formed from a file's tiles is what is formed from those in memory. */
class StatisticTilesIT {

  private static final StatisticKey KEY = new StatisticKey(1, Site.DOWN_INPUT);
  private static final int TOKENS = 7;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 513, 1025})
  void aFileGivesTheBitsThatMemoryGives(int size) throws IOException {
    Statistic memory = statistic(size);
    try (SafetensorsFile file = written(memory);
        PointerScope scope = new PointerScope()) {
      StatisticReader reader = StatisticReader.of(file);
      assertThat(reader.isTiled()).isEqualTo(size > GramAccumulator.TILE);
      assertThat(reader.correlationDiagonal()).isEqualTo(memory.correlationDiagonal());
      double[] expected = Tensors.doubles(memory.correlation());
      assertThat(Tensors.doubles(reader.correlation())).as("seed %d", size).isEqualTo(expected);
      assertSymmetric(expected, size);
    }
  }

  /** The factor's lower half is wrong on purpose: it must not be looked at. */
  @ParameterizedTest
  @ValueSource(ints = {1, 13, 513, 1025})
  void aFactorMultipliesElementByElement(int size) throws IOException {
    Statistic memory = statistic(size);
    try (SafetensorsFile file = written(memory);
        PointerScope scope = new PointerScope()) {
      double[] plain = Tensors.doubles(memory.correlation());
      double[] actual =
          Tensors.doubles(
              StatisticReader.of(file).correlationTimes((from, to) -> upperFactor(from, to, size)));
      for (int i = 0; i < size; i++) {
        for (int j = i; j < size; j++) {
          double expected = plain[i * size + j] * factor(i, j);
          if (actual[i * size + j] != expected || actual[j * size + i] != expected) {
            throw new AssertionError(
                "seed %d: %d, %d: %s and %s, expected %s"
                    .formatted(size, i, j, actual[i * size + j], actual[j * size + i], expected));
          }
        }
      }
    }
  }

  private static double factor(int i, int j) {
    return 1.0 / (1 + i + 2.0 * j);
  }

  private static Tensor upperFactor(int from, int to, int size) {
    double[] strip = new double[(to - from) * (size - from)];
    for (int i = from; i < to; i++) {
      for (int j = from; j < size; j++) {
        strip[(i - from) * (size - from) + j - from] = i <= j ? factor(i, j) : 1e9;
      }
    }
    return Tensor.create(strip, to - from, size - from);
  }

  /** Hence no more than one need be held at a time. */
  @Test
  void everyTileIsAskedForOnceInOrder() {
    Statistic memory = statistic(1025);
    List<TileKey> asked = new ArrayList<>();
    StatisticTiles noted = new GramFile.Noted(memory, asked);
    try (PointerScope scope = new PointerScope()) {
      noted.correlation();
      assertThat(asked).containsExactlyElementsOf(memory.shapes().keySet());
      asked.clear();
      noted.correlationTimes((from, to) -> upperFactor(from, to, 1025));
      assertThat(asked).containsExactlyElementsOf(memory.shapes().keySet());
    }
    asked.clear();
    noted.correlationDiagonal();
    assertThat(asked).hasSize(3).allMatch(place -> place.row() == place.column());
  }

  @Test
  void aMissingTileIsRefused() {
    Map<TileKey, Tile> tiles = new HashMap<>(statistic(1025).tiles());
    tiles.remove(new TileKey(1, Site.DOWN_INPUT, 0, 2));
    Statistic holed = new Statistic(KEY, tiles, TOKENS);
    assertThatThrownBy(holed::correlation)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "block 1, down-input: tile 0.2 of a Gram matrix of 1025 channels is missing: run"
                + " calibrate again");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    SafetensorsFile file = written(statistic(13));
    StatisticReader reader = StatisticReader.of(file);
    file.close();
    assertThatThrownBy(reader::values)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(folder + "/statistic");
  }

  private SafetensorsFile written(Statistic statistic) throws IOException {
    GramFile.write(folder.resolve("statistic"), statistic);
    return GramFile.open(folder.resolve("statistic"));
  }

  private static void assertSymmetric(double[] matrix, int size) {
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        if (matrix[i * size + j] != matrix[j * size + i]) {
          throw new AssertionError("seed %d: %d, %d".formatted(size, i, j));
        }
      }
    }
  }

  private static Statistic statistic(int size) {
    try (PointerScope scope = new PointerScope()) {
      float[] x = RandomModel.gaussians(new Random(size), TOKENS * size);
      return GramFile.inMemory(KEY, Tensor.create(x, TOKENS, size));
    }
  }
}

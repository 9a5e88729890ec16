package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.GramFile;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.StatisticReader;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorMatrixIT {

  private static final StatisticKey KEY = new StatisticKey(1, Site.DOWN_INPUT);
  private static final int TOKENS = 11;

  /** What 1,025 F32 sums of exact products may be off, relative to the norms. */
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "13, 1", "1, 13", "13, 207", "513, 13", "1025, 207", "207, 1025"})
  void equalsTheDefinition(int size, int height) {
    Random random = new Random(size);
    float[] x = RandomModel.gaussians(random, TOKENS * size);
    float[] weights = RandomModel.gaussians(random, height * size);
    try (PointerScope scope = new PointerScope()) {
      Statistic statistic = GramFile.inMemory(KEY, Tensor.create(x, TOKENS, size));
      SymmetricMatrix matrix = ErrorMatrix.of(statistic, Tensor.create(weights, height, size));
      double[] correlation = Tensors.doubles(statistic.correlation());
      double[] row = new double[size];
      double worst = 0;
      for (int i = 0; i < size; i += 1 + size / 50) {
        matrix.copyRow(i, row);
        assertThat(matrix.diagonal(i)).isEqualTo(row[i]);
        for (int j = 0; j < size; j++) {
          double expected = correlation[i * size + j] * product(weights, size, i, j);
          double norms =
              Math.abs(correlation[i * size + j])
                  * Math.sqrt(product(weights, size, i, i) * product(weights, size, j, j));
          worst = Math.max(worst, Math.abs(row[j] - expected) / norms);
        }
      }
      assertThat(worst).as("seed %d", size).isLessThan(TOLERANCE);
    }
  }

  private static double product(float[] weights, int size, int left, int right) {
    double sum = 0;
    for (int at = 0; at < weights.length; at += size) {
      sum += (double) weights[at + left] * weights[at + right];
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"13, 13", "1025, 207"})
  void isSymmetricToTheBit(int size, int height) {
    Random random = new Random(size);
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Tensor.create(RandomModel.gaussians(random, TOKENS * size), TOKENS, size);
      Tensor output = Tensor.create(RandomModel.gaussians(random, height * size), height, size);
      Tensor matrix = GramFile.inMemory(KEY, x).correlationTimes(new OutputGram(output));
      assertThat(matrix.equal(matrix.t())).as("seed %d", size).isTrue();
    }
  }

  /** Sizes on both sides of a tile's edge; the scores are compared bit by bit. */
  @ParameterizedTest
  @EnumSource(MlpCriterion.class)
  void scoresFromAFileAreThoseFromMemory(MlpCriterion criterion) throws IOException {
    for (int size : new int[] {1, 13, 513, 1025}) {
      Random random = new Random(size);
      try (PointerScope scope = new PointerScope()) {
        Tensor x = Tensor.create(RandomModel.gaussians(random, TOKENS * size), TOKENS, size);
        Tensor output = Tensor.create(RandomModel.gaussians(random, 13 * size), 13, size);
        Statistic memory = GramFile.inMemory(KEY, x);
        Path path = folder.resolve("statistic-" + size);
        GramFile.write(path, memory);
        try (SafetensorsFile file = GramFile.open(path)) {
          assertThat(MlpOrder.scores(criterion, StatisticReader.of(file), output))
              .as("seed %d", size)
              .isEqualTo(MlpOrder.scores(criterion, memory, output));
        }
      }
    }
  }
}

package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import io.gramian.compress.tensor.NativeRuntime;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a calibration task makes of the processor: the rate of {@link GramAccumulator}, from F32
 * activations to exact sums in the heap, against that of a well-shaped product of squares in F64,
 * on one thread. Of the Gram matrix only the needed half counts, {@code tokens n (n + 1)}
 * operations. Both alternate in one process; the ratio is of neighbouring runs, and medians are
 * printed. The largest size needs {@code -Dtest.heap=6g}, which the profile {@code bench} sets.
 */
class GramBenchmark {

  private static final int SQUARE = 2048;
  private static final double SQUARE_OPERATIONS = 2.0 * SQUARE * SQUARE * SQUARE;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @CsvSource({
    "768, 2048, 21",
    "768, 1536, 21",
    "2048, 2048, 13",
    "4096, 2048, 9",
    "4096, 1536, 9",
    "8192, 2048, 5",
    "14336, 2048, 3",
    "14336, 1536, 3"
  })
  void rate(int size, int tokens, int rounds) {
    double operations = (double) tokens * size * (size + 1);
    int times = (int) Math.max(1, Math.round(SQUARE_OPERATIONS / operations));
    GramAccumulator gram = new GramAccumulator(new StatisticKey(0, Site.DOWN_INPUT), size);
    try (PointerScope scope = new PointerScope()) {
      Tensor square = normal(SQUARE, SQUARE, torch.ScalarType.Double);
      Tensor x = normal(tokens, size, torch.ScalarType.Float);
      double[] product = new double[rounds];
      double[] sum = new double[rounds];
      double[] ratio = new double[rounds];
      for (int round = -1; round < rounds; round++) {
        int at = Math.max(0, round);
        product[at] = SQUARE_OPERATIONS / seconds(() -> square.mm(square));
        sum[at] = times * operations / seconds(() -> repeat(times, () -> gram.add(x)));
        ratio[at] = sum[at] / product[at];
      }
      System.out.printf(
          Locale.ROOT,
          "Gram of %d tokens of %d: %.1f GFLOP/s, %.0f %% of %.1f GFLOP/s (F64 %d x %d, one thread,"
              + " %s)%n",
          tokens,
          size,
          1e-9 * median(sum),
          100 * median(ratio),
          1e-9 * median(product),
          SQUARE,
          SQUARE,
          openblas_full.openblas_get_corename().getString());
    }
  }

  private static Tensor normal(long rows, long columns, torch.ScalarType type) {
    return torch.randn(new long[] {rows, columns}, new TensorOptions(type));
  }

  private static void repeat(int times, Runnable body) {
    for (int i = 0; i < times; i++) {
      body.run();
    }
  }

  private static double seconds(Runnable body) {
    try (PointerScope scope = new PointerScope()) {
      long start = System.nanoTime();
      body.run();
      return (System.nanoTime() - start) * 1e-9;
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}

package io.gramian.spark.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ludovic.netlib.blas.BLAS;
import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.LinearSpec;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.wave.TileReduction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.mllib.linalg.distributed.RowMatrix;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.Tuple2;

/**
 * The Gram matrix of one statistic through Spark, as calibration sums it up, against MLlib's {@link
 * RowMatrix#computeGramianMatrix} on the same cached rows: {@code local[2]}, one BLAS thread a
 * task, from the rows to the whole matrix in the driver. Both alternate in one process; medians.
 *
 * <p>MLlib is given the OpenBLAS that Gramian brings, which is the fastest it can have; {@code
 * -Dgramian.netlib=found} leaves it with what it finds by itself.
 *
 * <p>The last two sizes are those of a calibration by default, 128 sequences, of 1024 tokens on the
 * hidden size of a 1B model and of 512 tokens on that of an 8B model; they run once, behind the
 * others, and take MLlib some minutes.
 */
class MllibGramBenchmark {

  private static final String NETLIB = System.getProperty("gramian.netlib", "openblas");
  private static final long SEED = 17;

  /** A task a core, as calibration makes them: each keeps its sums in memory to its end. */
  private static final int PARTITIONS = 2;

  private static final int SHARD = 2048;
  private static final double TOLERANCE = 1e-9;

  /** Before MLlib asks for a BLAS, which it does once a JVM. */
  @BeforeAll
  static void blas() {
    NativeRuntime.load();
    if (NETLIB.equals("openblas")) {
      Path folder = Path.of(Loader.load(openblas_full.class)).getParent();
      System.setProperty(
          "dev.ludovic.netlib.blas.nativeLibPath", folder.resolve("libopenblas.so.0").toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"20000, 1024, 2, 5", "20000, 2048, 2, 3", "131072, 2048, 0, 1", "65536, 4096, 0, 1"})
  void gram(int rows, int columns, int warmUps, int rounds) {
    JavaRDD<Vector> cached = rows(rows, columns).cache();
    assertThat(cached.count()).isEqualTo(rows);
    double[] ours = new double[rounds];
    double[] theirs = new double[rounds];
    double difference = 0;
    for (int round = -warmUps; round < rounds; round++) {
      int at = Math.max(0, round);
      Timed expected = timed(() -> new RowMatrix(cached.rdd()).computeGramianMatrix().toArray());
      Timed actual = timed(() -> gram(cached, columns));
      theirs[at] = expected.seconds();
      ours[at] = actual.seconds();
      difference = Math.max(difference, difference(actual, expected));
    }
    cached.unpersist(true);
    System.out.printf(
        Locale.ROOT,
        "Gram of %d rows of %d: %.2f s, MLlib %.2f s with %s: %.1f times as fast; largest"
            + " difference %.1e of the largest element%n",
        rows,
        columns,
        median(ours),
        median(theirs),
        BLAS.getInstance().getClass().getSimpleName(),
        median(theirs) / median(ours),
        difference);
    assertThat(difference).as("seed %d", SEED).isLessThan(TOLERANCE);
  }

  /** Activations are F32, so the rows are doubles with the values of floats. */
  private static JavaRDD<Vector> rows(int rows, int columns) {
    List<Integer> numbers = IntStream.range(0, rows).boxed().toList();
    return TestSession.context()
        .parallelize(numbers, PARTITIONS)
        .map(
            number -> {
              Random random = new Random(SEED * rows + number);
              double[] row = new double[columns];
              Arrays.setAll(row, i -> (float) random.nextGaussian());
              return Vectors.dense(row);
            });
  }

  private static double[] gram(JavaRDD<Vector> rows, int columns) {
    Map<TileKey, Tile> tiles =
        TileReduction.byTile(rows.mapPartitionsToPair(new Partials(columns)), PARTITIONS)
            .collectAsMap();
    Statistic gram = new Statistic(new StatisticKey(0, Site.DOWN_INPUT), tiles, 1);
    return Scopes.compute(
        () -> Tensors.doubles(Tensors.times(gram.correlation(), (double) gram.tokens())));
  }

  private record Timed(Supplier<double[]> result, double seconds) {}

  private static Timed timed(Supplier<double[]> body) {
    long start = System.nanoTime();
    double[] result = body.get();
    return new Timed(() -> result, (System.nanoTime() - start) * 1e-9);
  }

  /** Both symmetric: the order of elements does not matter. */
  private static double difference(Timed actual, Timed expected) {
    double[] left = actual.result().get();
    double[] right = expected.result().get();
    assertThat(left).hasSameSizeAs(right);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < left.length; i++) {
      assertThat(Double.isFinite(left[i])).as("element %d", i).isTrue();
      difference = Math.max(difference, Math.abs(left[i] - right[i]));
      largest = Math.max(largest, Math.abs(right[i]));
    }
    return difference / largest;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** A task's share: rows in micro-shards, as a wave sees them. */
  private record Partials(int columns)
      implements PairFlatMapFunction<Iterator<Vector>, TileKey, Tile> {

    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Tuple2<TileKey, Tile>> call(Iterator<Vector> rows) {
      LinearSpec map = new LinearSpec("w", null, columns, columns);
      BlockStatistics sums =
          BlockStatistics.ofInputs(List.of(new ProjectionInput(0, Site.DOWN_INPUT, List.of(map))));
      List<Vector> shard = new ArrayList<>();
      while (rows.hasNext()) {
        shard.add(rows.next());
        if (shard.size() == SHARD || !rows.hasNext()) {
          add(sums, shard);
          shard.clear();
        }
      }
      return sums.tiles().entrySet().stream()
          .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
          .iterator();
    }

    private void add(BlockStatistics sums, List<Vector> shard) {
      float[] x = new float[shard.size() * columns];
      int at = 0;
      for (Vector row : shard) {
        for (double value : row.toArray()) {
          x[at++] = (float) value;
        }
      }
      try (PointerScope scope = new PointerScope()) {
        sums.recorder(new TokenMask(new int[] {shard.size()}, shard.size()))
            .record(Site.DOWN_INPUT, Tensor.create(x, 1, shard.size(), columns));
      }
    }
  }
}

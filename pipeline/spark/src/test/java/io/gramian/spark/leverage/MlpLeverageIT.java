package io.gramian.spark.leverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.TestData;
import io.gramian.compress.sort.LeverageEstimate;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.ValueOutputCriterion;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.DecoderSpec;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.Statistics;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the direct path: Cholesky factorisation of the whole Gram matrix. */
class MlpLeverageIT {

  private static final int CHANNELS = 207;
  private static final int TOKENS = 600;
  private static final int DIRECTIONS = 13;
  private static final int SEQUENCE = 31;

  @TempDir private Path folder;

  /** Thirteen directions carry all but noise, so twenty singular values know nearly everything. */
  @Test
  void plantedLowRankDataIsOrderedAsTheGramMatrixOrdersIt() {
    long seed = 17;
    List<float[]> rows = planted(new Random(seed));
    LeverageEstimate estimate =
        new MatrixFreeLeverage(CHANNELS, 20)
            .of(TestSession.context().parallelize(rows, 3), SEQUENCE);
    double[] exact = direct(rows);
    requireWithinErrors(exact, estimate, seed);
    assertThat(estimate.worstError()).as("seed %d", seed).isLessThan(2e-3);
    List<Integer> order = descending(exact);
    for (int i = 0; i + 1 < CHANNELS; i++) {
      int better = order.get(i);
      int worse = order.get(i + 1);
      double gap = exact[better] - exact[worse];
      if (gap > estimate.errors().get(better) + estimate.errors().get(worse) + 1e-9) {
        assertThat(estimate.scores().get(better))
            .as("seed %d place %d", seed, i)
            .isGreaterThan(estimate.scores().get(worse));
      }
    }
    assertThat(rankCorrelation(exact, estimate)).as("seed %d", seed).isGreaterThan(0.999);
  }

  @Test
  void theFirstMlpOfATrainedModelIsRankedAlike() throws IOException {
    HadoopDirectory model = CalibrationFolder.directory(TestData.folder("llama-tiny"));
    CalibrationSet set =
        CalibrationFolder.write(
            folder.resolve("set"), CalibrationFolder.oracle("calibration_ids").subList(0, 8));
    ShardSet shards = ShardSet.of(set, 2);
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      DecoderSpec whole = checkpoint.spec();
      DecoderSpec spec = whole.withBlocks(whole.blocks().subList(0, 2));
      Statistics statistics =
          Statistics.calibrate(
              model, set, CalibrationFolder.directory(folder.resolve("statistics")));
      double[] exact =
          statistics
              .orders(
                  spec.blocks().get(1),
                  SortCriteria.DEFAULT.with(
                      MlpCriterion.RIDGE_LEVERAGE, ValueOutputCriterion.JOINT))
              .get(0)
              .scores()
              .stream()
              .mapToDouble(Double::doubleValue)
              .toArray();
      MlpLeverage leverage =
          new MlpLeverage(TestSession.context(), ProgressListener.SILENT, spec, 64);
      SortedMap<Integer, LeverageEstimate> found =
          leverage.run(
              model,
              shards,
              CalibrationFolder.directory(folder.resolve("scratch")),
              TestSession.context().sc().longAccumulator());
      assertThat(found).containsOnlyKeys(1);
      requireWithinErrors(exact, found.get(1), 0);
      assertThat(rankCorrelation(exact, found.get(1)))
          .as("64 of %d singular values, worst error %.3f", exact.length, found.get(1).worstError())
          .isGreaterThan(0.9);
    }
  }

  @Test
  void theTableKeepsEightDecimalsAndErrorsThatStillBound() throws IOException {
    HadoopDirectory run = CalibrationFolder.directory(folder.resolve("run"));
    LeverageEstimate exact =
        new LeverageEstimate(
            List.of(0.123456789, 3e-17, 1e-18, 0.25), List.of(0.1, 0.0, 1e-12, 2.2e-8));
    LeverageTable.write(TestSession.get(), new TreeMap<>(Map.of(7, exact)), run);
    LeverageEstimate read = LeverageTable.read(TestSession.get(), run).get(7);
    assertThat(read.scores()).containsExactly(0.12345679, 0.0, 0.0, 0.25);
    assertThat(read.errors()).containsExactly(0.10000001, 1e-8, 1e-8, 3e-8);
  }

  @Test
  void whereAGramMatrixWouldBeFormedItIsRefused() {
    assertThatThrownBy(() -> new MatrixFreeLeverage(207, 104))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "104 singular values of 207 channels cannot be found without the Gram matrix: that"
                + " takes at least 100 channels and 1 to half as many values; leave"
                + " --mlp-singular-values out to form it");
    assertThatThrownBy(() -> new MatrixFreeLeverage(99, 1)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new MatrixFreeLeverage(207, 0)).isInstanceOf(UserException.class);
  }

  /** Sums of strong directions, each on channels of its own strength, and a little noise. */
  private static List<float[]> planted(Random random) {
    float[][] directions = new float[DIRECTIONS][CHANNELS];
    for (float[] direction : directions) {
      for (int j = 0; j < CHANNELS; j++) {
        direction[j] = (float) (random.nextGaussian() * Math.pow(random.nextDouble(), 2));
      }
    }
    List<float[]> rows = new ArrayList<>();
    for (int token = 0; token < TOKENS; token++) {
      float[] row = new float[CHANNELS];
      for (int d = 0; d < DIRECTIONS; d++) {
        float strength = (float) (random.nextGaussian() * 3 / (1 + d));
        for (int j = 0; j < CHANNELS; j++) {
          row[j] += strength * directions[d][j];
        }
      }
      for (int j = 0; j < CHANNELS; j++) {
        row[j] += (float) (random.nextGaussian() * 1e-2);
      }
      rows.add(row);
    }
    return rows;
  }

  /** {@code 1 - diag((C + I)^-1)}. */
  private static double[] direct(List<float[]> rows) {
    NativeRuntime.load();
    double[] values = new double[TOKENS * CHANNELS];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.get(i / CHANNELS)[i % CHANNELS];
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Tensor.create(values, TOKENS, CHANNELS);
      Tensor c = Tensors.times(x.t().mm(x), (double) SEQUENCE / TOKENS);
      c.diagonal(0, 0, 1).add_(new Scalar(1));
      Tensor inverse = torch.cholesky_inverse(torch.linalg_cholesky(c));
      double[] scores = Tensors.doubles(inverse.diagonal(0, 0, 1));
      for (int i = 0; i < scores.length; i++) {
        scores[i] = 1 - scores[i];
      }
      return scores;
    }
  }

  private static void requireWithinErrors(double[] exact, LeverageEstimate estimate, long seed) {
    assertThat(estimate.scores()).hasSize(exact.length);
    for (int j = 0; j < exact.length; j++) {
      assertThat(Math.abs(estimate.scores().get(j) - exact[j]))
          .as("seed %d channel %d", seed, j)
          .isLessThanOrEqualTo(estimate.errors().get(j) + 1e-6);
    }
  }

  private static List<Integer> descending(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .toList();
  }

  /** Spearman's. */
  private static double rankCorrelation(double[] exact, LeverageEstimate estimate) {
    int n = exact.length;
    List<Integer> one = descending(exact);
    List<Integer> other =
        descending(estimate.scores().stream().mapToDouble(Double::doubleValue).toArray());
    int[] rank = new int[n];
    for (int i = 0; i < n; i++) {
      rank[one.get(i)] = i;
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double difference = rank[other.get(i)] - i;
      sum += difference * difference;
    }
    return 1 - 6 * sum / ((double) n * ((double) n * n - 1));
  }
}

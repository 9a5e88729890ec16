package io.gramian.spark.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.ValueOutputCriterion;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.Attention;
import io.gramian.model.Coupling;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.mllib.linalg.Matrices;
import org.apache.spark.mllib.linalg.Matrix;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.mllib.linalg.distributed.RowMatrix;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our statistics of padded batches against plain MLlib on the same activations, row by row. */
class PlainMllibIT {

  private static final long SEED = 31;
  private static final double TOLERANCE = 1e-5;
  private static final int[] LENGTHS = {31, 13, 1, 29, 31, 7, 30, 31};

  @TempDir private static Path folder;

  private static ModelCheckpoint model;
  private static LoadedDecoder decoder;
  private static Statistics statistics;
  private static List<int[]> sequences;

  @BeforeAll
  static void calibrate() throws IOException {
    model = RandomModel.write("llamaGrouped", SEED, folder.resolve("model"));
    decoder = LoadedDecoder.load(model);
    sequences = CalibrationFolder.random(SEED, model.spec().vocabularySize(), LENGTHS);
    statistics =
        Statistics.calibrate(
            CalibrationFolder.directory(folder.resolve("model")),
            CalibrationFolder.write(folder.resolve("set"), sequences),
            CalibrationFolder.directory(folder.resolve("statistics")));
  }

  @AfterAll
  static void close() throws IOException {
    decoder.close();
    model.close();
  }

  /** {@code V = X W_v} by MLlib from the normed inputs; {@code X} by plain loops. */
  @Test
  void valueStatisticIsTheGramianOfXTimesW() throws IOException {
    for (ResidualBlock block : blocks("attention")) {
      Attention attention = (Attention) block.mixer();
      Statistic values = statistics.read(block.blockIndex(), Site.VALUE);
      assertThat(values.tokens()).isEqualTo(173);
      for (int head = 0; head < attention.layout().kvHeads(); head++) {
        RowMatrix v = values(block, attention, head);
        assertClose(values.head(head), v.computeGramianMatrix());
      }
    }
  }

  @Test
  void singularValuesAreThoseOfTheSvd() throws IOException {
    SortCriteria criteria =
        SortCriteria.DEFAULT.with(MlpCriterion.ENERGY, ValueOutputCriterion.ACTIVATION);
    for (ResidualBlock block : blocks("attention")) {
      Attention attention = (Attention) block.mixer();
      for (RankOrder order : statistics.orders(block, criteria)) {
        if (order.group().coupling() == Coupling.VALUE_OUTPUT) {
          RowMatrix v = values(block, attention, order.group().head());
          double[] expected =
              v.computeSVD(attention.layout().headSize(), false, 1e-9).s().toArray();
          double scale = Math.sqrt(31 / 173.0);
          assertThat(order.scores()).hasSize(expected.length);
          for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(order.scores().get(i) - scale * expected[i]))
                .as("seed %d value %d", SEED, i)
                .isLessThan(TOLERANCE * scale * expected[0]);
          }
        }
      }
    }
  }

  @Test
  void queryAndKeyStatisticsAreTheDiagonalsOfGramians() throws IOException {
    for (ResidualBlock block : blocks("attention")) {
      for (Site site : List.of(Site.QUERY, Site.KEY)) {
        RowMatrix rows = matrix(activations(block).get(site));
        double[] diagonal = new double[(int) rows.numCols()];
        Matrix gramian = rows.computeGramianMatrix();
        for (int i = 0; i < diagonal.length; i++) {
          diagonal[i] = gramian.apply(i, i);
        }
        assertClose(
            statistics.read(block.blockIndex(), site).values(),
            Matrices.dense(1, diagonal.length, diagonal));
      }
    }
  }

  @Test
  void downInputStatisticIsTheGramian() throws IOException {
    for (ResidualBlock block : blocks("mlp")) {
      Statistic gram = statistics.read(block.blockIndex(), Site.DOWN_INPUT);
      RowMatrix rows = matrix(activations(block).get(Site.DOWN_INPUT));
      assertClose(gram.values(), rows.computeGramianMatrix());
    }
  }

  private static List<ResidualBlock> blocks(String mixer) {
    return model.spec().blocks().stream().filter(b -> b.mixer().kind().equals(mixer)).toList();
  }

  private static RowMatrix values(ResidualBlock block, Attention attention, int head) {
    List<Vector> normed = new ArrayList<>();
    try (PointerScope scope = new PointerScope()) {
      float[] norm = Tensors.floats(decoder.weights(block).get(block.norm().weight()));
      for (int[] ids : sequences) {
        float[] x = Tensors.floats(inputs(block, ids));
        for (int from = 0; from < x.length; from += norm.length) {
          normed.add(normed(x, from, norm, block.norm().epsilon()));
        }
      }
      int size = attention.layout().headSize();
      Tensor rows =
          decoder
              .weights(block)
              .get(attention.value().weight())
              .narrow(0, (long) head * size, size);
      // Row-major [out, in] is column-major [in, out].
      Matrix map = Matrices.dense(norm.length, size, Tensors.doubles(rows));
      return matrix(normed).multiply(map);
    }
  }

  private static Vector normed(float[] x, int from, float[] weight, double epsilon) {
    double squares = 0;
    for (int i = 0; i < weight.length; i++) {
      squares += (double) x[from + i] * x[from + i];
    }
    double[] row = new double[weight.length];
    for (int i = 0; i < weight.length; i++) {
      row[i] = weight[i] * x[from + i] / Math.sqrt(squares / weight.length + epsilon);
    }
    return Vectors.dense(row);
  }

  /** The residual stream {@code [1, T, h]} before a block. */
  private static Tensor inputs(ResidualBlock block, int[] ids) {
    return decoder.hiddenStates(ids, 1, ids.length).get(block.blockIndex());
  }

  /** Every site's rows, a token each, heads side by side. */
  private static Map<Site, List<Vector>> activations(ResidualBlock block) {
    Map<Site, List<Vector>> rows = new EnumMap<>(Site.class);
    for (int[] ids : sequences) {
      try (PointerScope scope = new PointerScope()) {
        new BlockForward(block, decoder.weights(block))
            .apply(inputs(block, ids), new RowRecorder(ids.length, rows));
      }
    }
    return rows;
  }

  /** Keeps what passes, a row a token. */
  private record RowRecorder(int tokens, Map<Site, List<Vector>> rows) implements SiteRecorder {

    @Override
    public void record(Site site, Tensor x) {
      double[] values = Tensors.doubles(x.dim() == 4 ? x.transpose(1, 2) : x);
      int width = values.length / tokens;
      for (int t = 0; t < tokens; t++) {
        double[] row = new double[width];
        System.arraycopy(values, t * width, row, 0, width);
        rows.computeIfAbsent(site, s -> new ArrayList<>()).add(Vectors.dense(row));
      }
    }

    @Override
    public Optional<Tensor> countedTokens() {
      return Optional.empty();
    }

    @Override
    public void recordSums(Site site, Tensor sums) {
      throw new AssertionError(site + " was not asked for");
    }
  }

  private static RowMatrix matrix(List<Vector> rows) {
    return new RowMatrix(TestSession.context().parallelize(rows, 2).rdd());
  }

  /** Both symmetric, or a row: the order of elements does not matter. */
  private static void assertClose(double[] actual, Matrix expected) {
    double[] values = expected.toArray();
    assertThat(actual).hasSameSizeAs(values);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < values.length; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
      difference = Math.max(difference, Math.abs(actual[i] - values[i]));
      assertThat(actual[i]).isFinite();
    }
    assertThat(difference).as("seed %d", SEED).isLessThan(TOLERANCE * largest);
  }
}

package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.TestData;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.Statistic;
import io.gramian.model.Coupling;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scores on the reference's calibration tokens against the reference's, computed in float64. */
class OracleIT {

  private static final int SEQUENCES = 64;
  private static final int POSITIONS = 256;
  private static final int BATCH = 8;
  private static final double TOLERANCE = 1e-3;

  private static ModelCheckpoint model;
  private static LoadedDecoder decoder;
  private static SafetensorsFile oracle;
  private static Map<Integer, Map<Site, Statistic>> statistics;

  @BeforeAll
  static void calibrate() throws IOException {
    model = TestData.model("llama-tiny");
    decoder = LoadedDecoder.load(model);
    oracle = TestData.oracle("llama-tiny");
    try (SafetensorsFile tokens = TestData.oracle("tokens")) {
      int[] ids = TestData.ints(tokens, "calibration_ids");
      statistics = Calibration.run(decoder, ids, SEQUENCES, POSITIONS, BATCH);
    }
  }

  @AfterAll
  static void close() throws IOException {
    decoder.close();
    model.close();
    oracle.close();
  }

  @Test
  void ridgeLeverageMatches() throws IOException {
    for (ResidualBlock block : blocks("mlp")) {
      RankOrder order = decide(block, MlpCriterion.RIDGE_LEVERAGE).get(0);
      assertMatches(order.scores(), TestData.doubles(oracle, block.layerIndex() + ".mlp"));
      assertOrderUpToTies(order, TestData.doubles(oracle, block.layerIndex() + ".mlp"));
    }
  }

  @Test
  void outputErrorEliminatesInTheSameRounds() throws IOException {
    for (ResidualBlock block : blocks("mlp")) {
      double[] expected = TestData.doubles(oracle, block.layerIndex() + ".mlp.output_error");
      RankOrder order = decide(block, MlpCriterion.OUTPUT_ERROR).get(0);
      double[] rounds = order.scores().stream().mapToDouble(Double::doubleValue).toArray();
      // Float32 activations swap neighbours whose costs agree to seven digits; nothing else.
      assertThat(displaced(rounds, expected)).as("layer %d", block.layerIndex()).isLessThan(8);
      assertThat(largestGap(rounds, expected)).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void energyIsTheDiagonalTimesTheOutputNorm() {
    ResidualBlock block = blocks("mlp").get(0);
    RankOrder order = decide(block, MlpCriterion.ENERGY).get(0);
    double[] diagonal =
        statistics.get(block.blockIndex()).get(Site.DOWN_INPUT).correlationDiagonal();
    String down = block.mixer().maps().get(2).weight();
    float[] weights =
        io.gramian.compress.tensor.Tensors.floats(decoder.weights(block).get(down));
    for (int i = 0; i < diagonal.length; i++) {
      double norm = 0;
      for (int row = 0; row < weights.length / diagonal.length; row++) {
        norm += Math.pow(weights[row * diagonal.length + i], 2);
      }
      assertThat(order.scores().get(i)).isCloseTo(diagonal[i] * norm, within(1e-9 * diagonal[i]));
    }
  }

  @Test
  void queryKeyScoresMatch() throws IOException {
    for (ResidualBlock block : blocks("attention")) {
      double[] channels = TestData.doubles(oracle, block.layerIndex() + ".qk");
      int size = channels.length / 2;
      for (RankOrder order : of(decide(block, MlpCriterion.ENERGY), Coupling.QUERY_KEY)) {
        double[] own =
            Arrays.copyOfRange(
                channels, order.group().head() * size, (order.group().head() + 1) * size);
        double[] pairs = new double[size / 2];
        Arrays.setAll(pairs, i -> own[i] + own[i + size / 2]);
        assertMatches(order.scores(), pairs);
        assertOrderUpToTies(order, pairs);
      }
    }
  }

  @Test
  void squaredSingularValuesAreTheEigenvaluesOfTheValueGram() throws IOException {
    for (ResidualBlock block : blocks("attention")) {
      double[] grams = TestData.doubles(oracle, block.layerIndex() + ".vo_gram");
      int size = (int) Math.sqrt(grams.length / 2.0);
      for (RankOrder order : of(decide(block, MlpCriterion.ENERGY), Coupling.VALUE_OUTPUT)) {
        int head = order.group().head();
        double[] gram = Arrays.copyOfRange(grams, head * size * size, (head + 1) * size * size);
        double[] eigenvalues = eigenvalues(gram, size);
        double[] squares = order.scores().stream().mapToDouble(s -> s * s).toArray();
        assertThat(order.unit().label()).isEqualTo("rotated-channel");
        for (int i = 0; i < size; i++) {
          assertThat(squares[i])
              .as("layer %d head %d value %d", block.layerIndex(), head, i)
              .isCloseTo(eigenvalues[i], within(TOLERANCE * eigenvalues[i]));
        }
      }
    }
  }

  private static double[] eigenvalues(double[] gram, int size) {
    try (PointerScope scope = new PointerScope()) {
      Tensor values =
          org.bytedeco.pytorch.global.torch.linalg_eigvalsh(Tensor.create(gram, size, size));
      return io.gramian.compress.tensor.Tensors.doubles(values.flip(0L));
    }
  }

  private static List<RankOrder> decide(ResidualBlock block, MlpCriterion mlp) {
    SortCriteria criteria =
        new SortCriteria(mlp, QueryKeyCriterion.NORM, ValueOutputCriterion.ACTIVATION);
    return new BlockDecider(criteria)
        .decide(block, statistics.get(block.blockIndex()), decoder.weights(block))
        .orders();
  }

  private static List<RankOrder> of(List<RankOrder> orders, Coupling coupling) {
    return orders.stream().filter(order -> order.group().coupling() == coupling).toList();
  }

  private static List<ResidualBlock> blocks(String mixer) {
    return model.spec().blocks().stream()
        .filter(block -> block.mixer().kind().equals(mixer))
        .toList();
  }

  private static void assertMatches(List<Double> scores, double[] expected) {
    assertThat(scores).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(scores.get(i))
          .as("unit %d", i)
          .isCloseTo(expected[i], within(TOLERANCE * Math.abs(expected[i])));
    }
  }

  /** Along our order the reference's scores never rise by more than the tolerance. */
  private static void assertOrderUpToTies(RankOrder order, double[] expected) {
    for (int i = 1; i < expected.length; i++) {
      double better = expected[order.order().get(i - 1)];
      double worse = expected[order.order().get(i)];
      assertThat(worse).as("place %d", i).isLessThanOrEqualTo(better * (1 + 2 * TOLERANCE));
    }
  }

  private static long displaced(double[] rounds, double[] expected) {
    long count = 0;
    for (int i = 0; i < rounds.length; i++) {
      count += rounds[i] == expected[i] ? 0 : 1;
    }
    return count;
  }

  private static double largestGap(double[] rounds, double[] expected) {
    double gap = 0;
    for (int i = 0; i < rounds.length; i++) {
      gap = Math.max(gap, Math.abs(rounds[i] - expected[i]));
    }
    return gap;
  }

  /** Statistics of a whole small model on one thread. */
  static final class Calibration {

    private Calibration() {}

    static Map<Integer, Map<Site, Statistic>> run(
        LoadedDecoder decoder, int[] ids, int sequences, int positions, int batch) {
      Map<Integer, BlockStatistics> collectors = new HashMap<>();
      decoder
          .spec()
          .blocks()
          .forEach(b -> collectors.put(b.blockIndex(), new BlockStatistics(b)));
      for (int from = 0; from < sequences; from += batch) {
        int rows = Math.min(batch, sequences - from);
        int[] part = Arrays.copyOfRange(ids, from * positions, (from + rows) * positions);
        try (PointerScope scope = new PointerScope()) {
          decoder.collect(part, rows, positions, collectors);
        }
      }
      Map<Integer, Map<Site, Statistic>> reduced = new HashMap<>();
      collectors.forEach(
          (index, collector) ->
              reduced.put(index, Statistic.bySite(collector.tiles(), positions)));
      return reduced;
    }
  }
}

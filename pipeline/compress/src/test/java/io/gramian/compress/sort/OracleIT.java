package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.Calibration;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.TestData;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.Coupling;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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
      statistics = Calibration.run(decoder, ids, POSITIONS, BATCH);
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

  /**
   * Rounds depend on all rounds before, so two units whose costs agree to the tolerance may swap.
   * Replayed on our own matrix, every choice the reference made must be the cheapest up to it.
   */
  @Test
  void outputErrorEliminatesInTheSameRoundsUpToTies() throws IOException {
    for (ResidualBlock block : blocks("mlp")) {
      double[] expected = TestData.doubles(oracle, block.layerIndex() + ".mlp.output_error");
      RankOrder order = decide(block, MlpCriterion.OUTPUT_ERROR).get(0);
      double[] rounds = order.scores().stream().mapToDouble(Double::doubleValue).toArray();
      assertThat(displaced(rounds, expected))
          .as("layer %d: units in another round", block.layerIndex())
          .isLessThan(rounds.length / 10);
      assertEveryChoiceIsCheapest(errorMatrix(block), expected);
    }
  }

  private static void assertEveryChoiceIsCheapest(double[] matrix, double[] rounds) {
    int size = rounds.length;
    int[] sequence = new int[size];
    double[] cost = new double[size];
    for (int i = 0; i < size; i++) {
      sequence[(int) rounds[i]] = i;
      cost[i] = matrix[i * size + i];
    }
    for (int dropped : sequence) {
      double cheapest = Arrays.stream(cost).min().orElseThrow();
      double slack = TOLERANCE * matrix[dropped * size + dropped];
      assertThat(cost[dropped]).isLessThanOrEqualTo(cheapest + slack);
      cost[dropped] = Double.POSITIVE_INFINITY;
      for (int i = 0; i < size; i++) {
        cost[i] += 2 * matrix[dropped * size + i];
      }
    }
  }

  /** {@code M = C o (W_d' W_d)}, by the definition. */
  private static double[] errorMatrix(ResidualBlock block) {
    try (PointerScope scope = new PointerScope()) {
      Tensor down =
          Tensors.toDouble(decoder.weights(block).get(block.mixer().maps().get(2).weight()));
      Statistic statistic = statistics.get(block.blockIndex()).get(Site.DOWN_INPUT);
      return Tensors.doubles(statistic.correlation().mul(down.t().mm(down)));
    }
  }

  @Test
  void energyIsTheDiagonalTimesTheOutputNorm() {
    ResidualBlock block = blocks("mlp").get(0);
    RankOrder order = decide(block, MlpCriterion.ENERGY).get(0);
    double[] diagonal =
        statistics.get(block.blockIndex()).get(Site.DOWN_INPUT).correlationDiagonal();
    String down = block.mixer().maps().get(2).weight();
    float[] weights = Tensors.floats(decoder.weights(block).get(down));
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
        assertMatches(raw(order.scores()), pairs);
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
        double[] squares =
            raw(order.scores().stream().map(s -> s * s).toList()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        assertThat(order.unit().label()).isEqualTo("rotated-channel");
        for (int i = 0; i < size; i++) {
          assertThat(squares[i])
              .as("layer %d head %d value %d", block.layerIndex(), head, i)
              .isCloseTo(eigenvalues[i], within(TOLERANCE * eigenvalues[i]));
        }
      }
    }
  }

  /**
   * The oracle keeps these two as sums over all tokens: {@code G}, where our scores use {@code C}.
   */
  private static List<Double> raw(List<Double> scores) {
    return scores.stream().map(score -> score * SEQUENCES).toList();
  }

  private static double[] eigenvalues(double[] gram, int size) {
    try (PointerScope scope = new PointerScope()) {
      Tensor values = torch.linalg_eigvalsh(Tensor.create(gram, size, size));
      return Tensors.doubles(values.flip(0L));
    }
  }

  private static List<RankOrder> decide(ResidualBlock block, MlpCriterion mlp) {
    SortCriteria criteria = SortCriteria.PAPER.with(mlp, ValueOutputCriterion.ACTIVATION);
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
}

package io.gramian.spark.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.TestData;
import io.gramian.compress.forward.Site;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.ValueOutputCriterion;
import io.gramian.compress.statistics.Statistic;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statistics that went through Spark and the disk against a float64 reference. */
class CalibrateOracleIT {

  private static final double TOLERANCE = 1e-3;

  private static Statistics statistics;
  private static SafetensorsFile oracle;
  private static List<ResidualBlock> blocks;

  @BeforeAll
  static void calibrate() throws IOException {
    statistics = OracleRun.of("llama-tiny").statistics();
    oracle = TestData.oracle("llama-tiny");
    try (ModelCheckpoint model = TestData.model("llama-tiny")) {
      blocks = model.spec().blocks();
    }
  }

  @AfterAll
  static void close() throws IOException {
    oracle.close();
  }

  /** The reference keeps the mean over tokens. */
  @Test
  void layerInfluenceMatches() throws IOException {
    double[] expected = TestData.doubles(oracle, "bi");
    for (int layer = 0; layer < expected.length; layer++) {
      Statistic influence = statistics.read(2 * layer + 1, Site.LAYER_INFLUENCE);
      assertThat(influence.tokens()).isEqualTo(64 * 256);
      assertThat(influence.values()[0] / influence.tokens())
          .as("layer %d", layer)
          .isCloseTo(expected[layer], within(TOLERANCE * expected[layer]));
    }
  }

  @Test
  void ridgeLeverageMatches() throws IOException {
    SortCriteria paper =
        SortCriteria.DEFAULT.with(MlpCriterion.RIDGE_LEVERAGE, ValueOutputCriterion.ACTIVATION);
    for (ResidualBlock block : blocks) {
      if (block.mixer().kind().equals("mlp")) {
        RankOrder order = statistics.orders(block, paper).get(0);
        double[] expected = TestData.doubles(oracle, block.layerIndex() + ".mlp");
        for (int i = 0; i < expected.length; i++) {
          assertThat(order.scores().get(i))
              .as("layer %d channel %d", block.layerIndex(), i)
              .isCloseTo(expected[i], within(TOLERANCE * expected[i]));
        }
      }
    }
  }

  /** Four for an attention, three for an MLP that ends a layer, and nothing else. */
  @Test
  void oneFileABlockAndSite() throws IOException {
    assertThat(statistics.folder().list())
        .hasSize(6 * (4 + 3))
        .allMatch(name -> name.matches("block-\\d{3}\\.[a-z-]+\\.safetensors"));
  }
}

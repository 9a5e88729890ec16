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
import io.gramian.model.Mamba2;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores of state space mixers against the reference's, computed in float64. */
class StateOracleIT {

  private static final int SEQUENCES = 64;
  private static final int POSITIONS = 256;
  private static final int BATCH = 8;
  private static final double TOLERANCE = 1e-3;

  @ParameterizedTest
  @ValueSource(strings = {"mamba2-tiny", "bamba-tiny"})
  void scoresMatch(String name) throws IOException {
    try (ModelCheckpoint model = TestData.model(name);
        LoadedDecoder decoder = LoadedDecoder.load(model);
        SafetensorsFile oracle = TestData.oracle(name);
        SafetensorsFile tokens = TestData.oracle("tokens")) {
      int[] ids = TestData.ints(tokens, "calibration_ids");
      assertThat(ids).hasSize(SEQUENCES * POSITIONS);
      Map<Integer, Map<Site, Statistic>> statistics =
          Calibration.run(decoder, ids, POSITIONS, BATCH);
      for (ResidualBlock block : stateSpaceBlocks(model)) {
        new Comparison(block, statistics.get(block.blockIndex()), decoder, oracle).run();
      }
    }
  }

  private static List<ResidualBlock> stateSpaceBlocks(ModelCheckpoint model) {
    return model.spec().blocks().stream().filter(block -> block.mixer() instanceof Mamba2).toList();
  }

  /** One block against the oracle. */
  private record Comparison(
      ResidualBlock block,
      Map<Site, Statistic> statistics,
      LoadedDecoder decoder,
      SafetensorsFile oracle) {

    void run() throws IOException {
      List<RankOrder> paper = decide(SortCriteria.PAPER);
      matches(paper, Coupling.B_C, "bc", SEQUENCES);
      matches(paper, Coupling.Z_X_OUT, "x", 1);
      eliminates("bc.output_error", Site.STATE_OUTPUT);
      eliminatesByHead();
    }

    private List<RankOrder> decide(SortCriteria criteria) {
      return new BlockDecider(criteria).decide(block, statistics, decoder.weights(block)).orders();
    }

    /** {@code scale} turns our correlation-scaled scores into the oracle's sums. */
    private void matches(List<RankOrder> orders, Coupling coupling, String tensor, double scale)
        throws IOException {
      double[] expected = TestData.doubles(oracle, block.layerIndex() + "." + tensor);
      for (RankOrder order : of(orders, coupling)) {
        int size = order.scores().size();
        for (int i = 0; i < size; i++) {
          double value = expected[order.group().head() * size + i];
          assertThat(order.scores().get(i) * scale)
              .as("%s unit %d", order.group().label(), i)
              .isCloseTo(value, within(TOLERANCE * Math.abs(value)));
        }
      }
    }

    private static List<RankOrder> of(List<RankOrder> orders, Coupling coupling) {
      return orders.stream().filter(order -> order.group().coupling() == coupling).toList();
    }

    private void eliminates(String tensor, Site site) throws IOException {
      double[] rounds = TestData.doubles(oracle, block.layerIndex() + "." + tensor);
      int size = ((Mamba2) block.mixer()).layout().stateSize();
      for (int group = 0; group * size < rounds.length; group++) {
        Elimination.assertCheapest(
            statistics.get(site).head(group),
            Arrays.copyOfRange(rounds, group * size, (group + 1) * size),
            1);
      }
    }

    private void eliminatesByHead() throws IOException {
      double[] rounds = TestData.doubles(oracle, block.layerIndex() + ".x.output_error");
      Mamba2 mamba2 = (Mamba2) block.mixer();
      try (PointerScope scope = new PointerScope()) {
        Tensor output = Tensors.toDouble(decoder.weights(block).get(mamba2.output().weight()));
        Tensor matrix = statistics.get(Site.OUT_INPUT).correlation().mul(output.t().mm(output));
        Elimination.assertCheapest(Tensors.doubles(matrix), rounds, mamba2.layout().heads());
      }
    }
  }
}

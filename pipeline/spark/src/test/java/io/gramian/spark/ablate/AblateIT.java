package io.gramian.spark.ablate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.allocation.InfluenceScope;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.OracleRun;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Perplexities of algorithms.md section 3, on the reference's tokens and with its rounding. */
class AblateIT {

  private static final DeviceProfile PROFILE =
      new DeviceProfile("oracle", new Granularity(64, 8, 8, 2), 128);

  private static final WidthChoice UNIFORM = new WidthChoice.Uniform();

  @TempDir private Path folder;

  @Test
  void stateSpaceRowsReproduceTheTable() throws IOException {
    Map<String, Double> perplexity = new TreeMap<>();
    for (Ablation row : ablate("mamba2-tiny", "paper,default", "0.85,0.65", List.of(UNIFORM))) {
      perplexity.put(row.set().name() + " " + row.keepRatio(), row.perplexity());
    }
    assertThat(perplexity).hasSize(5);
    assertMatches(perplexity.get("dense 1.0"), 19.90);
    assertMatches(perplexity.get("paper 0.85"), 29.64);
    assertMatches(perplexity.get("paper 0.65"), 64.38);
    assertMatches(perplexity.get("default 0.85"), 22.97);
    assertMatches(perplexity.get("default 0.65"), 31.90);
  }

  /** To 1 %, as the issue asks. */
  private static void assertMatches(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(0.01 * expected));
  }

  private List<Ablation> ablate(
      String name, String sets, String ratios, List<WidthChoice> allocations) throws IOException {
    OracleRun run = OracleRun.of(name);
    CalibrationSet text =
        CalibrationFolder.write(folder, CalibrationFolder.oracle("validation_ids"));
    AblateRequest request =
        new AblateRequest(
            List.of(sets.split(",")).stream().map(NamedCriteria::parse).toList(),
            List.of(ratios.split(",")).stream().map(KeepRatio::parse).toList(),
            PROFILE,
            allocations);
    try (ModelCheckpoint model = ModelCheckpoint.open(run.model())) {
      DecoderWalk walk =
          new DecoderWalk(TestSession.context(), run.model(), model.spec(), Long.MAX_VALUE);
      return new Ablate(
              TestSession.context(),
              ProgressListener.SILENT,
              run.model(),
              run.statistics().folder())
          .run(request, model.spec(), walk, ShardSet.of(text, 2));
    }
  }

  /**
   * Rows of the table with allocation. The suite takes three; {@code -Dallocation.rows=all} all.
   *
   * @param model the checkpoint
   * @param ratio asked for
   * @param scope what shares a ratio
   * @param perplexity at most, give or take 1 %
   */
  private record AllocatedRow(
      String model, String ratio, InfluenceScope scope, double perplexity) {}

  static List<AllocatedRow> allocatedRows() {
    List<AllocatedRow> suite =
        List.of(
            new AllocatedRow("llama-tiny", "0.85", InfluenceScope.LAYER, 19.44),
            new AllocatedRow("bamba-tiny", "0.65", InfluenceScope.BLOCK, 23.05),
            new AllocatedRow("mamba2-tiny", "0.85", InfluenceScope.LAYER, 21.81));
    List<AllocatedRow> others =
        List.of(
            new AllocatedRow("llama-tiny", "0.65", InfluenceScope.BLOCK, 27.35),
            new AllocatedRow("qwen2-tiny", "0.85", InfluenceScope.LAYER, 18.76),
            new AllocatedRow("qwen2-tiny", "0.65", InfluenceScope.LAYER, 27.35),
            new AllocatedRow("bamba-tiny", "0.85", InfluenceScope.LAYER, 17.90),
            new AllocatedRow("mamba2-tiny", "0.65", InfluenceScope.LAYER, 27.20),
            new AllocatedRow("nemotron-h-tiny", "0.85", InfluenceScope.LAYER, 20.18),
            new AllocatedRow("nemotron-h-tiny", "0.65", InfluenceScope.LAYER, 29.07));
    return System.getProperty("allocation.rows", "suite").equals("all")
        ? Stream.concat(suite.stream(), others.stream()).toList()
        : suite;
  }

  @ParameterizedTest
  @MethodSource("allocatedRows")
  void allocationReachesTheTable(AllocatedRow row) throws IOException {
    WidthChoice choice = new WidthChoice.ByInfluence(AllocationRule.DEFAULT.per(row.scope()));
    Ablation cell = ablate(row.model(), "default", row.ratio(), List.of(choice)).get(1);
    assertThat(cell.allocation()).isEqualTo(row.scope().label() + "-influence");
    assertThat(cell.perplexity()).as(row.toString()).isLessThan(1.01 * row.perplexity());
  }
}

package io.gramian.spark.ablate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.allocation.InfluenceScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Perplexities of algorithms.md section 3, on the reference's tokens and with its rounding; {@link
 * AllocationBenchmark} has all rows with allocation.
 */
class AblateIT {

  @TempDir private Path folder;

  @Test
  void stateSpaceRowsReproduceTheTable() throws IOException {
    Map<String, Double> perplexity = new TreeMap<>();
    List<WidthChoice> uniform = List.of(new WidthChoice.Uniform());
    for (Ablation row :
        new OracleAblation(folder).of("mamba2-tiny", "paper,default", "0.85,0.65", uniform)) {
      perplexity.put(row.set().name() + " " + row.keepRatio(), row.perplexity());
    }
    assertThat(perplexity).hasSize(5);
    assertMatches(perplexity.get("dense 1.0"), 19.90);
    assertMatches(perplexity.get("paper 0.85"), 29.64);
    assertMatches(perplexity.get("paper 0.65"), 64.38);
    assertMatches(perplexity.get("default 0.85"), 22.97);
    assertMatches(perplexity.get("default 0.65"), 31.90);
  }

  /** To 1 %. */
  private static void assertMatches(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(0.01 * expected));
  }

  @ParameterizedTest
  @CsvSource({
    "llama-tiny, 0.85, LAYER, 19.44",
    "bamba-tiny, 0.65, BLOCK, 23.05",
    "mamba2-tiny, 0.85, LAYER, 21.81"
  })
  void allocationReachesTheTable(String model, String ratio, InfluenceScope scope, double limit)
      throws IOException {
    WidthChoice choice = new WidthChoice.ByInfluence(AllocationRule.DEFAULT.per(scope));
    Ablation cell = new OracleAblation(folder).of(model, "default", ratio, List.of(choice)).get(1);
    assertThat(cell.allocation()).isEqualTo(scope.label() + "-influence");
    assertThat(cell.perplexity()).isLessThan(1.01 * limit);
  }
}

package io.gramian.spark.wave;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WavePlanTest {

  private static final DecoderSpec SPEC =
      Families.describe(
          RandomCheckpoint.hfConfig(
              RandomConfigs.with(RandomConfigs.llamaGrouped(), Map.of("num_hidden_layers", 13))));

  private static final long LAYER_BYTES =
      Float.BYTES * (SPEC.blocks().get(0).parameterCount() + SPEC.blocks().get(1).parameterCount());

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1, 1.99, 2, 3.5, 12.99, 13, 1000})
  void wavesHoldWholeLayersWithinTheBudget(double layers) {
    long budget = (long) (layers * LAYER_BYTES);
    List<BlockWave> waves = WavePlan.of(SPEC, WaveLimits.ofWeights(budget));
    assertThat(waves.stream().flatMap(wave -> wave.blocks().stream()).toList())
        .isEqualTo(SPEC.blocks());
    for (int i = 0; i < waves.size(); i++) {
      BlockWave wave = waves.get(i);
      assertThat(wave.index()).isEqualTo(i);
      assertThat(wave.blocks().get(0).layerIndex())
          .as("a wave begins with a layer")
          .isNotEqualTo(i == 0 ? -1 : lastLayer(waves.get(i - 1)));
      if (wave.blocks().size() > 2) {
        assertThat(bytes(wave)).isLessThanOrEqualTo(budget);
      }
    }
    int perWave = Math.max(1, (int) Math.min(13, layers));
    assertThat(waves).hasSize((13 + perWave - 1) / perWave);
  }

  @Test
  void aWaveHasTheStatisticsOfItsBlocksAndTheInfluenceOfWholeLayers() {
    BlockWave wave = WavePlan.of(SPEC, WaveLimits.ofWeights(2 * LAYER_BYTES)).get(1);
    assertThat(wave.statistics())
        .containsExactlyInAnyOrder(
            new StatisticKey(4, Site.QUERY),
            new StatisticKey(4, Site.KEY),
            new StatisticKey(4, Site.VALUE),
            new StatisticKey(4, Site.BLOCK_INFLUENCE),
            new StatisticKey(5, Site.DOWN_INPUT),
            new StatisticKey(5, Site.BLOCK_INFLUENCE),
            new StatisticKey(5, Site.LAYER_INFLUENCE),
            new StatisticKey(6, Site.QUERY),
            new StatisticKey(6, Site.KEY),
            new StatisticKey(6, Site.VALUE),
            new StatisticKey(6, Site.BLOCK_INFLUENCE),
            new StatisticKey(7, Site.DOWN_INPUT),
            new StatisticKey(7, Site.BLOCK_INFLUENCE),
            new StatisticKey(7, Site.LAYER_INFLUENCE));
  }

  @Test
  void whatIsLeftOutIsNoStatisticOfTheWave() {
    WaveLimits limits = WaveLimits.ofWeights(2 * LAYER_BYTES);
    List<StatisticKey> fewer = new ArrayList<>(WavePlan.of(SPEC, limits).get(1).statistics());
    fewer.removeIf(key -> key.site() == Site.DOWN_INPUT);
    BlockWave wave = WavePlan.of(SPEC.blocks(), limits, StatisticsChoice.WITHOUT_DOWN_INPUT).get(1);
    assertThat(wave.statistics()).isEqualTo(fewer).hasSize(12);
  }

  @Test
  void sumsLimitAWaveAsWeightsDo() {
    long sums = WavePlan.tileBytes(SPEC.blocks().subList(0, 2), StatisticsChoice.ALL);
    for (int layers : new int[] {1, 3, 13}) {
      WaveLimits limits = new WaveLimits(Long.MAX_VALUE, layers * sums);
      assertThat(WavePlan.of(SPEC, limits)).hasSize((13 + layers - 1) / layers);
    }
    WaveLimits less = new WaveLimits(Long.MAX_VALUE, 3 * sums - 1);
    assertThat(WavePlan.of(SPEC, less)).hasSize(7);
  }

  private static int lastLayer(BlockWave wave) {
    return wave.blocks().get(wave.blocks().size() - 1).layerIndex();
  }

  private static long bytes(BlockWave wave) {
    return wave.blocks().stream().mapToLong(ResidualBlock::parameterCount).sum() * Float.BYTES;
  }
}

package io.gramian.model.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.Attention;
import io.gramian.model.Rope;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RopeBaseTest {

  private static RopeBase base(Map<String, Object> content) {
    HfConfig config = RandomCheckpoint.hfConfig(content);
    Rope rope =
        ((Attention) Families.describe(config).blocks().get(0).mixer()).rotary().orElseThrow();
    return RopeBase.of(config, rope);
  }

  @Test
  void nothingScaled() {
    assertThat(base(RandomConfigs.llamaGrouped()).isUnscaled()).isTrue();
    RopeBase newer = base(RandomConfigs.qwen2Untied());
    assertThat(newer.isUnscaled()).isTrue();
    assertThat(newer.theta()).isEqualTo(1e6);
  }

  @Test
  void linearIsOneFactor() {
    assertThat(base(RandomConfigs.llamaLinear()).factors())
        .allSatisfy(factor -> assertThat(factor).isCloseTo(2.5, within()));
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-12);
  }

  /** Heads of 10: turns over 512 positions are 81.5, 12.9, 2.05, 0.32, 0.05. */
  @Test
  void llama3KeepsFastPairsAndSlowsSlowOnes() {
    RopeBase base = base(RandomConfigs.llamaScaled());
    assertThat(base.theta()).isEqualTo(10_000.0);
    double turns = 512 * Math.pow(10_000, -0.4) / (2 * Math.PI);
    double share = (turns - 1) / 3;
    assertThat(base.factors()).hasSize(5);
    assertThat(base.factors().get(0)).isEqualTo(1.0);
    assertThat(base.factors().get(1)).isEqualTo(1.0);
    assertThat(base.factors().get(2)).isCloseTo(1 / (share + (1 - share) / 8), within());
    assertThat(base.factors().get(3)).isCloseTo(8, within());
    assertThat(base.factors().get(4)).isCloseTo(8, within());
  }
}

package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.model.KeepRatio;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WidthScheduleTest {

  private static final long SEED = 207;
  private static final int DRAWS = 100_000;

  /** {@code p ~ exp(-0.1 rank)} from the lowest, within 5 deviations of a binomial. */
  @Test
  void lowerRatiosAreLikelier() {
    WidthSchedule schedule = StepPlan.DEFAULT.withSeed(SEED).widths();
    Map<KeepRatio, Integer> counts = new HashMap<>();
    LongStream.range(0, DRAWS).forEach(step -> counts.merge(schedule.at(step), 1, Integer::sum));
    double[] weights = {1, 0.904837, 0.818731, 0.740818, 0.670320, 0.606531, 0.548812, 0.496585};
    for (int rank = 0; rank < weights.length; rank++) {
      KeepRatio ratio = new KeepRatio((13 + rank) / 20.0);
      double p = weights[rank] / 5.786634;
      assertThat((double) counts.get(ratio))
          .as("seed %d, %s", SEED, ratio)
          .isCloseTo(p * DRAWS, within(5 * Math.sqrt(DRAWS * p * (1 - p))));
    }
    assertThat(counts).hasSize(weights.length);
  }

  @Test
  void isAFunctionOfSeedAndStep() {
    List<KeepRatio> forwards = ratios(SEED, LongStream.range(0, 99));
    List<KeepRatio> backwards = ratios(SEED, LongStream.range(0, 99).map(step -> 98 - step));
    for (int step = 0; step < 99; step++) {
      assertThat(backwards.get(98 - step)).isEqualTo(forwards.get(step));
    }
    assertThat(ratios(SEED + 1, LongStream.range(0, 99))).isNotEqualTo(forwards);
  }

  private static List<KeepRatio> ratios(long seed, LongStream steps) {
    WidthSchedule schedule = StepPlan.DEFAULT.withSeed(seed).widths();
    return steps.mapToObj(schedule::at).toList();
  }

  /** However they are given, so that a rank is a ratio's own. */
  @Test
  void orderAndRepetitionOfTheRatiosDoNotMatter() {
    List<KeepRatio> given = List.of(KeepRatio.FULL, new KeepRatio(0.5), KeepRatio.FULL);
    WidthSchedule schedule = StepPlan.DEFAULT.withRatios(given).widths();
    WidthSchedule sorted =
        StepPlan.DEFAULT.withRatios(List.of(new KeepRatio(0.5), KeepRatio.FULL)).widths();
    assertThat(LongStream.range(0, 99).mapToObj(schedule::at))
        .containsExactlyElementsOf(LongStream.range(0, 99).mapToObj(sorted::at).toList())
        .contains(KeepRatio.FULL, new KeepRatio(0.5));
  }

  @Test
  void oneRatioIsAlwaysDrawn() {
    WidthSchedule schedule = StepPlan.DEFAULT.withRatios(List.of(KeepRatio.FULL)).widths();
    assertThat(LongStream.range(0, 13).mapToObj(schedule::at)).containsOnly(KeepRatio.FULL);
  }
}

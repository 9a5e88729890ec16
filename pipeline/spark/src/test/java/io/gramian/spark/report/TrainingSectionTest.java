package io.gramian.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.finetune.StepResult;
import io.gramian.model.KeepRatio;
import io.gramian.spark.finetune.HeldOutLoss;
import io.gramian.spark.report.Series.Point;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingSectionTest {

  private static final KeepRatio NARROW = new KeepRatio(0.65);

  private static final List<HeldOutLoss> CHECKS =
      List.of(
          new HeldOutLoss(0, KeepRatio.FULL, 3, 7),
          new HeldOutLoss(0, NARROW, 4, 7),
          new HeldOutLoss(13, KeepRatio.FULL, 2, 7),
          new HeldOutLoss(13, NARROW, 3.5, 7));

  @Test
  void oneCurveAWidthOfHeldOutText() {
    Chart chart = section(13).charts().get(0);
    assertThat(chart.id()).isEqualTo("held-out-loss");
    assertThat(chart.series()).extracting(Series::name).containsExactly("keep 1.00", "keep 0.65");
    assertThat(chart.series().get(1).points()).containsExactly(new Point(0, 4), new Point(13, 3.5));
    assertThat(chart.table().rows()).hasSize(4);
    assertThat(section(13).note()).contains("after step 13 were merged");
  }

  @Test
  void trainingIsSmoothedOverATwentiethOfTheSteps() {
    List<Point> points = section(207).charts().get(1).series().get(0).points();
    assertThat(points).hasSize(160);
    assertThat(points.get(0)).isEqualTo(new Point(1, mean(0, 5)));
    assertThat(points.get(80).x()).isEqualTo(105);
    assertThat(points.get(80).y()).isCloseTo(mean(99, 109), within(1e-12));
    assertThat(points.get(159)).isEqualTo(new Point(207, mean(201, 207)));
  }

  @Test
  void aFewStepsAreDrawnAsTheyAre() {
    Chart chart = section(13).charts().get(1);
    assertThat(chart.series().get(0).points())
        .hasSize(13)
        .startsWith(new Point(1, loss(0)), new Point(2, loss(1)))
        .endsWith(new Point(13, loss(12)));
    assertThat(chart.caption()).isEqualTo("Loss of each step before its update.");
    assertThat(chart.table().rows()).hasSize(13);
    assertThat(chart.table().rows().get(12).cells().get(0).text()).isEqualTo("13 to 13");
  }

  @Test
  void nothingTrainedIsNoSection() {
    assertThat(new TrainingSection(List.of(), List.of()).section()).isEmpty();
  }

  private static Page.Section section(int steps) {
    List<StepResult> results =
        IntStream.range(0, steps)
            .mapToObj(i -> new StepResult(i, NARROW, loss(i), 0.5, 1e-4, 100))
            .toList();
    return new TrainingSection(results, CHECKS).section().orElseThrow();
  }

  private static double loss(int step) {
    return 3 + (step * 37 % 11) / 11.0;
  }

  private static double mean(int from, int to) {
    return IntStream.range(from, to).mapToDouble(TrainingSectionTest::loss).average().orElseThrow();
  }
}

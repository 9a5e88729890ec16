package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.Weight;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightedRunTest {

  @ParameterizedTest
  @CsvSource({
    "runs/code, runs/code, 1",
    "runs/code=0.7, runs/code, 0.7",
    "hdfs://n:8020/date=2026/code, hdfs://n:8020/date=2026/code, 1",
    "hdfs://n:8020/date=2026/code=2, hdfs://n:8020/date=2026/code, 2",
    "a=1=2, a=1, 2"
  })
  void weightStandsBehindTheLastEqualsSign(String text, String run, String weight) {
    assertThat(WeightedRun.parse(text)).isEqualTo(new WeightedRun(run, Weight.parse(weight)));
  }

  @Test
  void whatIsNoWeightOrNoRunIsRefused() {
    assertThatThrownBy(() -> WeightedRun.parse("runs/code=0,7"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "--add runs/code=0,7: '0,7' is not a weight: give a decimal number above 0 of at most"
                + " nine digits, such as 0.7");
    assertThatThrownBy(() -> WeightedRun.parse("=0.7"))
        .isInstanceOf(UserException.class)
        .hasMessage("--add =0.7 names no run: give RUN or RUN=WEIGHT");
  }
}

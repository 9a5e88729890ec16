package io.gramian.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkersTest {

  @ParameterizedTest
  @CsvSource({"32, 2, 2", "32, 6, 4", "32, 64, 32", "13, 4, 1", "30, 7, 6", "1, 8, 1", "32, 0, 1"})
  void asManyAsDivideTheBatch(int batch, int slots, int workers) {
    assertThat(Workers.choose(OptionalInt.empty(), batch, slots)).isEqualTo(workers);
  }

  @Test
  void thoseThatAreAskedFor() {
    assertThat(Workers.choose(OptionalInt.of(4), 32, 4)).isEqualTo(4);
  }

  @Test
  void moreThanSparkRunsAreRefused() {
    assertThatThrownBy(() -> Workers.choose(OptionalInt.of(5), 32, 2))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "5 workers train at the same time, but Spark has 2 task slots: give --workers 2, or"
                + " Spark more cores (--master local[5], or spark.executor.instances times"
                + " spark.executor.cores)");
  }

  @Test
  void sharesMustBeEqual() {
    assertThatThrownBy(() -> Workers.choose(OptionalInt.of(5), 32, 8))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "a batch of 32 sequences cannot be shared out equally over 5 workers: give --batch 35,"
                + " or --workers 4");
  }

  @Test
  void thereMustBeOne() {
    assertThatThrownBy(() -> Workers.choose(OptionalInt.of(0), 32, 8))
        .isInstanceOf(UserException.class)
        .hasMessage("--workers 0: there must be at least 1");
  }

  @Test
  void checksNeedARatioAndAStep() {
    assertThatThrownBy(() -> new CheckPlan(List.of(), 100, 50))
        .isInstanceOf(UserException.class)
        .hasMessage("no keep ratio to check at: give for example 1.0,0.85,0.65");
    assertThatThrownBy(() -> new CheckPlan(List.of(KeepRatio.FULL), 0, 50))
        .isInstanceOf(UserException.class)
        .hasMessage("a check every 0 steps: there must be at least 1 step");
    assertThatThrownBy(() -> new CheckPlan(List.of(KeepRatio.FULL), 1, -1))
        .isInstanceOf(UserException.class)
        .hasMessage("a checkpoint every -1 steps: there must be at least 1 step");
  }
}

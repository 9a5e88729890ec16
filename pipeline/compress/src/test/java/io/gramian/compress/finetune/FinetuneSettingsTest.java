package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FinetuneSettingsTest {

  @Test
  void defaultsAreThePapers() {
    FinetuneSettings settings = FinetuneSettings.DEFAULT;
    assertThat(settings.lora()).isEqualTo(new LoraShape(8, 16, 0.05));
    assertThat(settings.lora().scale()).isEqualTo(2);
    assertThat(settings.optimiser()).isEqualTo(new OptimiserSettings(1e-4, 100, 1, 0));
    assertThat(settings.precision()).isEqualTo(Precision.AUTO);
    assertThat(settings.plan().ratios())
        .extracting(KeepRatio::value)
        .containsExactly(0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0);
  }

  /** 4 steps of warm-up, then from the highest down to one sixth of it, 0 after the last. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.25",
    "1, 0.5",
    "3, 1",
    "4, 1",
    "5, 0.8333333333333334",
    "9, 0.16666666666666666",
    "10, 0",
    "11, 0"
  })
  void theRateRisesAndFalls(long step, double fraction) {
    OptimiserSettings optimiser = new OptimiserSettings(8e-4, 4, 1, 0);
    assertThat(optimiser.rateAt(step, 10)).isCloseTo(8e-4 * fraction, within(1e-18));
  }

  @Test
  void theRateWithoutWarmUpBeginsAtItsHighest() {
    OptimiserSettings optimiser = new OptimiserSettings(1e-3, 0, 1, 0);
    assertThat(optimiser.rateAt(0, 1)).isEqualTo(1e-3);
    assertThat(optimiser.rateAt(1, 1)).isZero();
    assertThat(optimiser.rateAt(6, 13)).isCloseTo(1e-3 * 7 / 13, within(1e-18));
  }

  /** A warm-up that the steps do not reach the end of. */
  @ParameterizedTest
  @ValueSource(ints = {13, 14, 207})
  void theRateOfAShortTrainingOnlyRises(int warmup) {
    OptimiserSettings optimiser = new OptimiserSettings(1e-3, warmup, 1, 0);
    assertThat(optimiser.rateAt(12, 13)).isCloseTo(1e-3 * 13 / warmup, within(1e-18));
  }

  @Test
  void ranksAreRefused() {
    refused(() -> new LoraShape(0, 16, 0.05), "LoRA rank 0 is less than 1: give for example 8");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void alphasAreRefused(double alpha) {
    refused(
        () -> new LoraShape(8, alpha, 0.05),
        "LoRA alpha " + alpha + " is not positive: give for example 16");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void dropoutsAreRefused(double dropout) {
    refused(
        () -> new LoraShape(8, 16, dropout),
        "LoRA dropout " + dropout + " is outside [0, 1): give for example 0.05");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void ratesAndClipsAreRefused(double value) {
    OptimiserSettings optimiser = OptimiserSettings.DEFAULT;
    refused(
        () -> optimiser.withLearningRate(value),
        "learning rate " + value + " is not positive: give for example 0.0001");
    refused(
        () -> new OptimiserSettings(1e-4, 100, value, 0),
        "gradient clip " + value + " is not positive: give for example 1");
  }

  @Test
  void warmUpsAreRefused() {
    refused(
        () -> OptimiserSettings.DEFAULT.withWarmupSteps(-1),
        "-1 warm-up steps are less than 0: give for example 100");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.5, Double.NaN})
  void decaysAreRefused(double decay) {
    refused(
        () -> new OptimiserSettings(1e-4, 100, 1, decay),
        "weight decay " + decay + " is negative: give for example 0.01");
  }

  @Test
  void plansAreRefused() {
    StepPlan plan = StepPlan.DEFAULT;
    refused(() -> plan.withSteps(0), "0 steps to fine-tune: there must be at least 1");
    refused(() -> plan.withBatch(0), "0 sequences a step to fine-tune: there must be at least 1");
    refused(
        () -> plan.withRatios(List.of()),
        "no keep ratio to fine-tune at: give for example 0.65,0.85,1.0");
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserException.class).hasMessage(message);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aPrecisionIsResolvedOnce(Precision precision) {
    Precision resolved = precision.resolved();
    assertThat(resolved).isIn(Precision.FLOAT32, Precision.BFLOAT16).isEqualTo(resolved.resolved());
    assertThat(precision == Precision.AUTO || precision == resolved).isTrue();
  }

  @Test
  void precisionsHaveLabels() {
    assertThat(Precision.values())
        .extracting(Precision::label)
        .containsExactly("float32", "bfloat16", "auto");
  }
}

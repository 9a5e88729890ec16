package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepRatioTest {

  @ParameterizedTest
  @CsvSource({"0.85, 0.85", "1, 1.0", "1.0, 1.0", "' 0.65 ', 0.65", "8.5e-1, 0.85"})
  void readsDecimalNumbers(String text, double value) {
    assertThat(KeepRatio.parse(text).value()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "0,85", "85%", "NaN", "Infinity", "0.5f", "0x1p-1"})
  void textThatIsNoNumberIsRefused(String text) {
    assertThatThrownBy(() -> KeepRatio.parse(text))
        .isInstanceOf(UserException.class)
        .hasMessage("keep ratio \"" + text + "\" is not a number: give for example 0.85");
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0", "-0.5, -0.5", "1.01, 1.01", "85, 85.0"})
  void numbersOutsideAreRefused(String text, String shown) {
    assertThatThrownBy(() -> KeepRatio.parse(text))
        .isInstanceOf(UserException.class)
        .hasMessage("keep ratio " + shown + " is outside (0, 1]: give for example 0.85");
  }

  @Test
  void notANumberIsOutside() {
    assertThatThrownBy(() -> new KeepRatio(Double.NaN))
        .hasMessageContaining("keep ratio NaN is outside (0, 1]");
  }

  @ParameterizedTest
  @CsvSource({
    "0.85, 768, 128, 640", // 652.8 is nearer to 640 than to 768
    "0.85, 768, 64, 640",
    "0.85, 768, 1, 653",
    "0.65, 52, 16, 32", // 33.8
    "0.95, 52, 16, 48", // 49.4
    "0.99, 52, 16, 48", // 51.48: three steps; all 52 only at 1.0 or when rounded up past it
    "0.01, 768, 128, 128", // at least one step
    "0.5, 8, 16, 8", // but never more than there is
    "1.0, 52, 16, 52"
  })
  void roundsToTheNearestStep(double ratio, int units, int granularity, int kept) {
    assertThat(new KeepRatio(ratio).unitsOf(units, granularity)).isEqualTo(kept);
  }

  @Test
  void aWiderRatioNeverKeepsFewerUnits() {
    for (int units : new int[] {1, 13, 207}) {
      for (int granularity : new int[] {1, 2, 8, 16}) {
        int previous = 1;
        for (int percent = 1; percent <= 100; percent++) {
          int kept = new KeepRatio(percent / 100.0).unitsOf(units, granularity);
          assertThat(kept).as("%d %% of %d", percent, units).isBetween(previous, units);
          previous = kept;
        }
      }
    }
  }

  @Test
  void comparesByWidth() {
    assertThat(KeepRatio.FULL).isGreaterThan(KeepRatio.parse("0.65"));
  }
}

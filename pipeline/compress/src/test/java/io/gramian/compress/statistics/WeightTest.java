package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "0.7, 7, 10",
    "0.70, 7, 10",
    "2.0, 2, 1",
    "1e3, 1000, 1",
    ".5, 5, 10",
    "0.000000001, 1, 1000000000",
    "999999999, 999999999, 1",
    "0.999999999, 999999999, 1000000000"
  })
  void isTheFractionItLooksLike(String text, long numerator, long denominator) {
    assertThat(Weight.parse(text)).isEqualTo(new Weight(numerator, denominator));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0.0",
        "-1",
        "0,7",
        "70%",
        "NaN",
        "1e9",
        "1e-10",
        "1.0000000001",
        "1234567890"
      })
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> Weight.parse(text))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "'"
                + text
                + "' is not a weight: give a decimal number above 0 of at most nine digits, such as"
                + " 0.7");
  }

  @ParameterizedTest
  @CsvSource({"0.7, 207, 145", "0.5, 13, 6", "0.5, 15, 8", "0.001, 207, 0", "3, 207, 621"})
  void tokensAreRoundedToWholeOnes(String text, long tokens, long counted) {
    assertThat(Weight.parse(text).of(tokens)).isEqualTo(counted);
  }

  @Test
  void printsAsItIsWritten() {
    assertThat(Weight.parse("0.70")).hasToString("0.7");
    assertThat(Weight.parse("1e3")).hasToString("1000");
    assertThat(Weight.ONE).hasToString("1");
  }
}

package io.gramian.compress.statistics;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How often the tokens of one source count in a mix: a decimal number above 0, kept as the fraction
 * it is. {@code 0.7} is 7 / 10 and not the nearest double.
 *
 * @param numerator 1 to 999,999,999
 * @param denominator a power of ten, 1 to 1,000,000,000
 */
public record Weight(long numerator, long denominator) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Every token counts once. */
  public static final Weight ONE = new Weight(1, 1);

  private static final int MOST_DIGITS = 9;

  /**
   * Reads a decimal number such as {@code 2} or {@code 0.7}.
   *
   * @throws UserException if it is none, not above 0, or has more than nine digits
   */
  public static Weight parse(String text) {
    try {
      return of(new BigDecimal(text).stripTrailingZeros());
    } catch (IllegalArgumentException e) {
      throw new UserException(
          "'%s' is not a weight: give a decimal number above 0 of at most nine digits, such as 0.7"
              .formatted(text),
          e);
    }
  }

  private static Weight of(BigDecimal value) {
    boolean hasFewDigits =
        value.precision() - Math.min(0, value.scale()) <= MOST_DIGITS
            && value.scale() <= MOST_DIGITS;
    if (value.signum() <= 0 || !hasFewDigits) {
      throw new IllegalArgumentException("out of range");
    }
    int scale = Math.max(0, value.scale());
    return new Weight(
        value.movePointRight(scale).longValueExact(), BigDecimal.TEN.pow(scale).longValueExact());
  }

  /**
   * What {@code tokens} tokens count, to the nearest whole number, halves to the even one.
   *
   * @throws ArithmeticException if it is beyond 2^63
   */
  public long of(long tokens) {
    return value()
        .multiply(BigDecimal.valueOf(tokens))
        .setScale(0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }

  private BigDecimal value() {
    return BigDecimal.valueOf(numerator)
        .divide(BigDecimal.valueOf(denominator), MOST_DIGITS, RoundingMode.UNNECESSARY);
  }

  /** As a decimal number without trailing zeros. */
  @Override
  public String toString() {
    return value().stripTrailingZeros().toPlainString();
  }
}

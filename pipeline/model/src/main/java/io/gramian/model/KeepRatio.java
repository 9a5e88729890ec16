package io.gramian.model;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * The fraction of a coupling group's units that a width keeps, in (0, 1]. The pruning rate is one
 * minus it.
 */
public record KeepRatio(double value) implements Serializable, Comparable<KeepRatio> {

  /** Everything. */
  public static final KeepRatio FULL = new KeepRatio(1.0);

  /** Refuses what is outside (0, 1]. */
  public KeepRatio {
    if (!(value > 0 && value <= 1)) {
      throw new UserException(
          String.format(
              Locale.ROOT, "keep ratio %s is outside (0, 1]: give for example 0.85", value));
    }
  }

  /** Reads a decimal number such as {@code 0.85}; the decimal sign is a point in every locale. */
  public static KeepRatio parse(String text) {
    try {
      return new KeepRatio(new BigDecimal(text.strip()).doubleValue());
    } catch (NumberFormatException e) {
      throw new UserException(
          "keep ratio \"" + text + "\" is not a number: give for example 0.85", e);
    }
  }

  /**
   * Units kept of {@code units}, rounded to the nearest multiple of {@code granularity}, at least
   * one multiple and at most all.
   */
  public int unitsOf(int units, int granularity) {
    if (granularity <= 0) {
      throw new IllegalArgumentException("granularity " + granularity);
    }
    if (value == 1.0) {
      return units;
    }
    long steps = Math.max(1, Math.round(units * value / granularity));
    return (int) Math.min(units, steps * granularity);
  }

  /** The number alone, as {@link #parse} reads it. */
  @Override
  public String toString() {
    return Double.toString(value);
  }

  @Override
  public int compareTo(KeepRatio other) {
    return Double.compare(value, other.value);
  }
}

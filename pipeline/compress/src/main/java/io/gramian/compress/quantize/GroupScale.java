package io.gramian.compress.quantize;

import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.UserException;
import io.gramian.checkpoint.packed.ColumnGroup;
import java.util.Locale;

/**
 * The scale of a group of a row's weights, an F16 number, and the levels that it gives. A scale is
 * never below the smallest normal F16 number: a device may take smaller ones for zero.
 */
final class GroupScale {

  /** {@code 2^-14}. */
  static final float SMALLEST = 0x1p-14f;

  private static final double LARGEST = 65504;
  private static final int LEAST_LEVEL = -8;
  private static final int GREATEST_LEVEL = 7;

  private static final double MIDDLE = 7.5;
  private static final int FACTORS = 15;
  private static final double FIRST_FACTOR = 0.70;
  private static final double STEP = 0.025;

  private final ScaleRule rule;
  private final String tensor;

  /**
   * Chooses scales by {@code rule}.
   *
   * @param tensor whose weights, for messages
   */
  GroupScale(ScaleRule rule, String tensor) {
    this.rule = rule;
    this.tensor = tensor;
  }

  /**
   * The scale of a group of {@code row}.
   *
   * @param importance weight of each column's squared error
   */
  float of(ColumnGroup group, double[] row, double[] importance) {
    double largest = 0;
    for (int i = group.from(); i < group.to(); i++) {
      largest = Math.max(largest, Math.abs(row[i]));
    }
    requireScalable(largest);
    return switch (rule) {
      case MAX -> rounded(largest / MIDDLE);
      case SEARCHED -> searched(largest, new Candidates(group, row, importance));
    };
  }

  /** NaN is not scalable either. */
  private void requireScalable(double largest) {
    if (!(largest / GREATEST_LEVEL <= LARGEST)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: a weight of %s cannot be quantised (the largest F16 scale is 65504): the"
                  + " checkpoint is damaged or its training diverged",
              tensor,
              largest));
    }
  }

  private static float rounded(double scale) {
    return Math.max(SMALLEST, FloatCodec.roundedToF16((float) scale));
  }

  /** Of equal errors the first counts: the exact ones, then the factors from the smallest. */
  private static float searched(double largest, Candidates candidates) {
    float best = rounded(largest / GREATEST_LEVEL);
    double least = candidates.error(best);
    for (int i = -1; i < FACTORS && least > 0; i++) {
      double divisor = i < 0 ? -LEAST_LEVEL : MIDDLE / (FIRST_FACTOR + STEP * i);
      float scale = rounded(largest / divisor);
      double error = candidates.error(scale);
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    return best;
  }

  /** {@code q}: the nearest of -8..7 to {@code weight / scale}, halves to even. */
  static int level(double weight, float scale) {
    double nearest = Math.rint(weight / scale);
    return (int) Math.max(LEAST_LEVEL, Math.min(GREATEST_LEVEL, nearest));
  }

  /** What a scale would cost a group. */
  private static final class Candidates {

    private final ColumnGroup group;
    private final double[] row;
    private final double[] importance;

    Candidates(ColumnGroup group, double[] row, double[] importance) {
      this.group = group;
      this.row = row;
      this.importance = importance;
    }

    double error(float scale) {
      double sum = 0;
      for (int i = group.from(); i < group.to(); i++) {
        double off = row[i] - (double) scale * level(row[i], scale);
        sum += off * off * importance[i];
      }
      return sum;
    }
  }
}

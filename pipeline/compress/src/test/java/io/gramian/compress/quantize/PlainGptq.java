package io.gramian.compress.quantize;

import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.DenseMatrix;

/**
 * GPTQ as the paper derives it, in plain loops: after each column the inverse Hessian of the
 * columns that are left is formed anew, {@code H^-1 - H^-1_i H^-1_i' / H^-1_ii}; no Cholesky
 * factor, no blocks.
 */
final class PlainGptq {

  private final ColumnGroups groups;
  private final ScaleRule rule;
  private double[][] inverse;

  private PlainGptq(ColumnGroups groups, ScaleRule rule) {
    this.groups = groups;
    this.rule = rule;
  }

  /** Quantises {@code rows} with the Hessian as it is. */
  static PackedMatrix quantise(
      DenseMatrix hessian, ColumnGroups groups, ScaleRule rule, float[] rows) {
    int columns = groups.columns();
    byte[] levels = new byte[rows.length];
    float[] scales = new float[rows.length / columns * groups.groups()];
    double[] start = hessian.inverse().toArray();
    for (int row = 0; row < rows.length / columns; row++) {
      PlainGptq plain = new PlainGptq(groups, rule);
      plain.inverse = square(start, columns);
      double[] weights = new double[columns];
      for (int i = 0; i < columns; i++) {
        weights[i] = rows[row * columns + i];
      }
      plain.row(weights, levels, scales, row);
    }
    return PackedMatrix.of(groups, levels, scales);
  }

  private static double[][] square(double[] flat, int size) {
    double[][] square = new double[size][size];
    for (int i = 0; i < size; i++) {
      System.arraycopy(flat, i * size, square[i], 0, size);
    }
    return square;
  }

  private void row(double[] weights, byte[] levels, float[] scales, int row) {
    for (ColumnGroup group : groups.list()) {
      float scale = scale(weights, group);
      scales[row * groups.groups() + group.index()] = scale;
      for (int i = group.from(); i < group.to(); i++) {
        int level = level(weights[i], scale);
        levels[row * weights.length + i] = (byte) level;
        double error = (weights[i] - level * (double) scale) / inverse[i][i];
        for (int j = i; j < weights.length; j++) {
          weights[j] -= error * inverse[i][j];
        }
        remove(i);
      }
    }
  }

  private void remove(int i) {
    double[] gone = inverse[i].clone();
    for (int j = i + 1; j < gone.length; j++) {
      for (int k = i + 1; k < gone.length; k++) {
        inverse[j][k] -= gone[j] * gone[k] / gone[i];
      }
    }
  }

  private static int level(double weight, float scale) {
    return (int) Math.min(7, Math.max(-8, Math.rint(weight / scale)));
  }

  private float scale(double[] weights, ColumnGroup group) {
    double largest = 0;
    for (int i = group.from(); i < group.to(); i++) {
      largest = Math.max(largest, Math.abs(weights[i]));
    }
    if (rule == ScaleRule.MAX) {
      return half(largest / 7.5);
    }
    float best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (double divisor : divisors()) {
      float scale = half(largest / divisor);
      double error = 0;
      for (int i = group.from(); i < group.to(); i++) {
        double off = weights[i] - level(weights[i], scale) * (double) scale;
        error += off * off / inverse[i][i];
      }
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    return best;
  }

  private static double[] divisors() {
    double[] divisors = new double[17];
    divisors[0] = 7;
    divisors[1] = 8;
    for (int i = 0; i < 15; i++) {
      divisors[2 + i] = 7.5 / (0.70 + 0.025 * i);
    }
    return divisors;
  }

  private static float half(double scale) {
    return Math.max(0x1p-14f, FloatCodec.roundedToF16((float) scale));
  }
}

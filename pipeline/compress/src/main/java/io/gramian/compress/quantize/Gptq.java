package io.gramian.compress.quantize;

import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;

/**
 * GPTQ (Frantar et al., arXiv 2210.17323): columns are rounded from first to last, and the error of
 * each is made up for by those after it. With {@code e = (w_i - s q_i) / U_ii} a row's columns
 * {@code j > i} become {@code w_j - e U_ij}. A group's scale is chosen when its first column is
 * reached; columns keep their natural order, best first, so that a width stays a prefix.
 *
 * <p>A row of {@code n} columns costs {@code n^2} operations, in F64. Columns behind a group learn
 * of its errors when the group is done, for a few rows at a time, so that a part of {@code U} is
 * read from the cache for all of them.
 */
public final class Gptq implements RowQuantiser {

  /** Rows that share the reading of the factor. */
  private static final int ROWS = 64;

  private final GptqFactor factor;
  private final ColumnGroups groups;
  private final ScaleRule rule;
  private final double[] importance;

  /**
   * A quantiser of all maps that read one input.
   *
   * @throws IllegalArgumentException if factor and groups differ in their columns
   */
  public Gptq(GptqFactor factor, ColumnGroups groups, ScaleRule rule) {
    if (factor.size() != groups.columns()) {
      throw new IllegalArgumentException(
          "a factor of " + factor.size() + " columns for " + groups.columns());
    }
    this.factor = factor;
    this.groups = groups;
    this.rule = rule;
    this.importance = factor.importance(groups);
  }

  @Override
  public ColumnGroups groups() {
    return groups;
  }

  @Override
  public PackedMatrix quantise(String tensor, float[] rows) {
    QuantisedRows quantised = new QuantisedRows(groups, rows);
    GroupScale scales = new GroupScale(rule, tensor);
    for (int from = 0; from < quantised.rows(); from += ROWS) {
      int to = Math.min(from + ROWS, quantised.rows());
      double[][] weights = new double[to - from][];
      for (int row = from; row < to; row++) {
        weights[row - from] = QuantisedRows.row(rows, row, groups.columns());
      }
      quantise(weights, from, scales, quantised);
    }
    return quantised.packed();
  }

  private void quantise(
      double[][] weights, int firstRow, GroupScale scales, QuantisedRows quantised) {
    for (ColumnGroup group : groups.list()) {
      double[][] errors = new double[weights.length][];
      for (int row = 0; row < weights.length; row++) {
        float scale = scales.of(group, weights[row], importance);
        quantised.scale(firstRow + row, group.index(), scale);
        errors[row] = new double[GptqFactor.padded(group)];
        round(group, scale, weights[row], errors[row]);
        for (int i = group.from(); i < group.to(); i++) {
          quantised.level(firstRow + row, i, GroupScale.level(weights[row][i], scale));
        }
      }
      factor.spread(group, errors, weights);
    }
  }

  /**
   * Rounds a group's columns of one row, each after those before it have spread their errors within
   * the group. What is left in {@code row} is what was rounded.
   */
  private void round(ColumnGroup group, float scale, double[] row, double[] errors) {
    for (int i = group.from(); i < group.to(); i++) {
      double[] upper = factor.row(i);
      double error = (row[i] - (double) scale * GroupScale.level(row[i], scale)) / upper[0];
      errors[i - group.from()] = error;
      for (int j = i + 1; j < group.to(); j++) {
        row[j] -= error * upper[j - i];
      }
    }
  }
}

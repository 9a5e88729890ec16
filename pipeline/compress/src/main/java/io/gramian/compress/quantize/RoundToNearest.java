package io.gramian.compress.quantize;

import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;
import java.util.Arrays;

/**
 * The baseline, and what quantises an embedding: every weight to its nearest level. Costs a few
 * operations a weight, 17 times that with a searched scale.
 */
public final class RoundToNearest implements RowQuantiser {

  private final ColumnGroups groups;
  private final ScaleRule rule;

  public RoundToNearest(ColumnGroups groups, ScaleRule rule) {
    this.groups = groups;
    this.rule = rule;
  }

  @Override
  public ColumnGroups groups() {
    return groups;
  }

  @Override
  public PackedMatrix quantise(String tensor, float[] rows) {
    int columns = groups.columns();
    double[] equal = new double[columns];
    Arrays.fill(equal, 1);
    GroupScale scales = new GroupScale(rule, tensor);
    QuantisedRows quantised = new QuantisedRows(groups, rows);
    for (int row = 0; row < quantised.rows(); row++) {
      double[] weights = QuantisedRows.row(rows, row, columns);
      for (ColumnGroup group : groups.list()) {
        float scale = scales.of(group, weights, equal);
        quantised.scale(row, group.index(), scale);
        for (int i = group.from(); i < group.to(); i++) {
          quantised.level(row, i, GroupScale.level(weights[i], scale));
        }
      }
    }
    return quantised.packed();
  }
}

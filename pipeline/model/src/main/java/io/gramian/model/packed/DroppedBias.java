package io.gramian.model.packed;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.NarrowedBlock;
import java.util.Map;

/**
 * What the value biases of dropped channels contribute to an attention's output: {@code b_v W_o}
 * over these channels, because attention weights sum to one. With the dequantised {@code W_o}, in
 * F64, rounded to F16 with the rest of the output bias.
 */
final class DroppedBias {

  private DroppedBias() {}

  /**
   * Adds it to the output bias of a block that was cut.
   *
   * @param cut the narrow block's vectors; gains an output bias if it has none
   * @param whole the block before
   */
  static void addTo(Map<String, float[]> cut, PackedBlock whole, BlockWidths widths) {
    if (!(whole.layout().block().mixer() instanceof Attention attention)) {
      return;
    }
    attention
        .value()
        .biasName()
        .filter(bias -> cut.get(bias).length < attention.value().out())
        .ifPresent(
            bias -> {
              float[] dropped = dropped(whole, attention, whole.vector(bias), widths);
              cut.merge(NarrowedBlock.outputBias(attention), dropped, DroppedBias::sum);
            });
  }

  private static float[] sum(float[] bias, float[] dropped) {
    float[] sum = new float[bias.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = bias[i] + dropped[i];
    }
    return sum;
  }

  private static float[] dropped(
      PackedBlock whole, Attention attention, float[] bias, BlockWidths widths) {
    double[] columns = perColumn(attention, bias);
    PackedMap map = whole.layout().map(attention.output().weight());
    for (int kept : map.columns().places(widths)) {
      columns[kept] = 0;
    }
    PackedMatrix matrix = whole.matrix(attention.output().weight());
    float[] sums = new float[matrix.rows()];
    for (int row = 0; row < sums.length; row++) {
      sums[row] = (float) dot(matrix.dequantised(row, row + 1), columns);
    }
    return sums;
  }

  /** The value bias behind each column of the output map: query heads read their KV head's. */
  private static double[] perColumn(Attention attention, float[] bias) {
    int size = attention.valueSize();
    int queries = attention.layout().queriesPerKvHead();
    double[] columns = new double[attention.output().in()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = bias[i / size / queries * size + i % size];
    }
    return columns;
  }

  private static double dot(float[] row, double[] columns) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      sum += row[i] * columns[i];
    }
    return sum;
  }
}

package io.gramian.compress.sort;

import io.gramian.compress.statistics.StatisticTiles;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Scores of an MLP's {@code n} channels, higher is better. */
final class MlpOrder {

  private MlpOrder() {}

  /**
   * Channel scores by the given criterion. Statistics are read tile by tile, at most 6 MiB of heap
   * at a time, and each tile once; {@code energy} reads those on the diagonal only.
   *
   * <p>Native memory besides the weights, in bytes, and operations:
   *
   * <pre>{@code
   * output-error    8 n^2 + 4 h n + 2048 n    h n^2 in F32, 2 n^2 in F64
   * ridge-leverage  8 n^2 + 4096 n            2/3 n^3 in F64
   * energy          16 h n                    2 h n in F64
   * }</pre>
   *
   * @param statistic of the down projection's input: {@code C [n, n]}
   * @param down {@code W_d [h, n]}
   */
  static double[] scores(MlpCriterion criterion, StatisticTiles statistic, Tensor down) {
    return Scopes.compute(
        () ->
            switch (criterion) {
              case RIDGE_LEVERAGE -> RidgeLeverage.scores(statistic.correlation());
              case ENERGY -> energy(statistic.correlationDiagonal(), down);
              case OUTPUT_ERROR -> BackwardElimination.rounds(ErrorMatrix.of(statistic, down));
            });
  }

  /** {@code C_ii ||row i of W_down||^2}; a row of the paper's {@code W_d} is a column on disk. */
  private static double[] energy(double[] diagonal, Tensor down) {
    double[] scores = Tensors.doubles(Tensors.toDouble(down).square().sum(0L));
    for (int i = 0; i < scores.length; i++) {
      scores[i] *= diagonal[i];
    }
    return scores;
  }
}

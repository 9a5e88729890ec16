package io.gramian.compress.sort;

import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Scores of an MLP's {@code n} channels, higher is better. */
final class MlpOrder {

  private MlpOrder() {}

  /**
   * Channel scores by the given criterion.
   *
   * @param statistic of the down projection's input: {@code C [n, n]}
   * @param down {@code W_d [h, n]}
   */
  static double[] scores(MlpCriterion criterion, Statistic statistic, Tensor down) {
    return Scopes.compute(
        () ->
            switch (criterion) {
              case RIDGE_LEVERAGE -> RidgeLeverage.scores(statistic.correlation());
              case ENERGY -> energy(statistic.correlationDiagonal(), down);
              case OUTPUT_ERROR -> outputError(statistic.correlation(), down);
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

  /** Elimination rounds on {@code M = C o (W_d' W_d)}, {@code W_d [h, n]}, formed in F64. */
  private static double[] outputError(Tensor correlation, Tensor down) {
    Tensor exact = Tensors.toDouble(down);
    return BackwardElimination.rounds(new TensorMatrix(correlation.mul_(exact.t().mm(exact))));
  }
}

package io.gramian.compress.sort;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ScanLayout;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Scores of the {@code H P} channels of a state space mixer, compared within their heads. */
final class HeadChannelOrder {

  private HeadChannelOrder() {}

  /**
   * Scores of all heads, one after the other.
   *
   * @param output {@code W_out [h, H P]}
   */
  static double[] scores(
      HeadChannelCriterion criterion,
      Map<Site, Statistic> statistics,
      ScanLayout layout,
      Tensor output) {
    return Scopes.compute(
        () ->
            switch (criterion) {
              case STATE_AWARE -> stateAware(statistics.get(Site.STATE), layout);
              case RIDGE_LEVERAGE ->
                  RidgeLeverage.scores(statistics.get(Site.OUT_INPUT).correlation());
              case OUTPUT_ERROR ->
                  outputError(statistics.get(Site.OUT_INPUT).correlation(), output, layout);
            });
  }

  /** Ridge leverage of each head's state Gram {@code [P, P]} (UniQL, Algorithm 5). */
  private static double[] stateAware(Statistic states, ScanLayout layout) {
    int size = layout.headSize();
    double[] scores = new double[layout.innerSize()];
    for (int head = 0; head < layout.heads(); head++) {
      Tensor gram = Tensor.create(states.head(head), size, size);
      double[] own = RidgeLeverage.scores(Tensors.times(gram, states.correlationScale()));
      System.arraycopy(own, 0, scores, head * size, size);
    }
    return scores;
  }

  /** Elimination rounds on {@code M = C o (W' W)}, one channel of every head a round. */
  private static double[] outputError(Tensor correlation, Tensor output, ScanLayout layout) {
    Tensor exact = Tensors.toDouble(output);
    return BackwardElimination.roundsByHead(
        new TensorMatrix(correlation.mul_(exact.t().mm(exact))), layout.heads());
  }

  /** The scores of one head. */
  static double[] ofHead(double[] scores, ScanLayout layout, int head) {
    return Arrays.copyOfRange(scores, head * layout.headSize(), (head + 1) * layout.headSize());
  }
}

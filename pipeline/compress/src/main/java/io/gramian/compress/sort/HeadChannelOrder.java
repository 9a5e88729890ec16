package io.gramian.compress.sort;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.StatisticTiles;
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
   * Scores of all heads, one after the other. Native memory besides the weights, in bytes, with
   * {@code n = H P}: {@code 8 n^2 + 4 h n + 2048 n} for {@code output-error} (one channel of every
   * head is dropped a round), {@code 8 n^2 + 4096 n} for {@code ridge-leverage}; on the heap one
   * tile, at most 6 MiB.
   *
   * @param output {@code W_out [h, H P]}
   */
  static double[] scores(
      HeadChannelCriterion criterion,
      Map<Site, ? extends StatisticTiles> statistics,
      ScanLayout layout,
      Tensor output) {
    return Scopes.compute(
        () ->
            switch (criterion) {
              case STATE_AWARE -> stateAware(statistics.get(Site.STATE), layout);
              case RIDGE_LEVERAGE ->
                  RidgeLeverage.scores(statistics.get(Site.OUT_INPUT).correlation());
              case OUTPUT_ERROR ->
                  BackwardElimination.roundsByHead(
                      ErrorMatrix.of(statistics.get(Site.OUT_INPUT), output), layout.heads());
            });
  }

  /** Ridge leverage of each head's state Gram {@code [P, P]} (UniQL, Algorithm 5). */
  private static double[] stateAware(StatisticTiles states, ScanLayout layout) {
    int size = layout.headSize();
    double[] scores = new double[layout.innerSize()];
    for (int head = 0; head < layout.heads(); head++) {
      Tensor gram = Tensor.create(states.head(head), size, size);
      double[] own = RidgeLeverage.scores(Tensors.times(gram, states.correlationScale()));
      System.arraycopy(own, 0, scores, head * size, size);
    }
    return scores;
  }

  /** The scores of one head. */
  static double[] ofHead(double[] scores, ScanLayout layout, int head) {
    return Arrays.copyOfRange(scores, head * layout.headSize(), (head + 1) * layout.headSize());
  }
}

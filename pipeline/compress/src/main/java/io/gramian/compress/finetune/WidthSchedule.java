package io.gramian.compress.finetune;

import io.gramian.model.KeepRatio;
import java.util.List;

/**
 * The keep ratio of every step, drawn with {@code p ~ exp(-0.1 rank)}, the lowest ratio having rank
 * 0 and so being likeliest (arXiv 2512.03383). A pure function of seed and step: workers agree
 * without a word.
 */
public final class WidthSchedule {

  private static final double FALL = 0.1;

  private final List<KeepRatio> ratios;
  private final Draws draws;

  WidthSchedule(List<KeepRatio> ratios, long seed) {
    this.ratios = ratios;
    this.draws = Draws.of(seed).with("keep ratio");
  }

  /** The ratio that {@code step}, from 0, trains at. */
  public KeepRatio at(long step) {
    double left = draws.uniform(step) * weightOfFirst(ratios.size());
    int rank = 0;
    while (rank < ratios.size() - 1 && left >= weight(rank)) {
      left -= weight(rank++);
    }
    return ratios.get(rank);
  }

  private static double weight(int rank) {
    return Math.exp(-FALL * rank);
  }

  private static double weightOfFirst(int count) {
    double sum = 0;
    for (int rank = 0; rank < count; rank++) {
      sum += weight(rank);
    }
    return sum;
  }
}

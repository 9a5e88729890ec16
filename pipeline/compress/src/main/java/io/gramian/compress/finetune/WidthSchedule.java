package io.gramian.compress.finetune;

import io.gramian.model.KeepRatio;
import java.util.List;

/**
 * The keep ratio of every step, drawn with {@code p ~ exp(-0.1 rank)}, the lowest ratio having rank
 * 0 and so being likeliest. A pure function of seed and step: workers agree without a word.
 */
public final class WidthSchedule {

  private final List<KeepRatio> ratios;
  private final long seed;

  WidthSchedule(List<KeepRatio> ratios, long seed) {
    this.ratios = ratios;
    this.seed = seed;
  }

  /** The ratio that {@code step}, from 0, trains at. */
  public KeepRatio at(long step) {
    return NotYet.built(ratios.get((int) ((seed + step) % ratios.size())));
  }
}

package io.gramian.jobs;

import io.gramian.model.KeepRatio;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What happens to a session: widths are set, then some tokens are appended in one call, and again.
 *
 * @param steps in their order
 */
record WidthScript(List<Step> steps) {

  private static final int LONGEST = 9;

  /**
   * A part of a script.
   *
   * @param switches widths that are set one after the other, no token between them
   * @param tokens that are then appended in one call
   */
  record Step(List<KeepRatio> switches, int tokens) {}

  WidthScript {
    steps = List.copyOf(steps);
  }

  /** Some tokens at each of these widths. */
  static WidthScript of(int tokens, KeepRatio... ratios) {
    List<Step> steps = new ArrayList<>();
    for (KeepRatio ratio : ratios) {
      steps.add(new Step(List.of(ratio), tokens));
    }
    return new WidthScript(steps);
  }

  /** Up to four switches before a call of one token or a few. */
  static WidthScript random(Random random, List<KeepRatio> ratios, int tokens) {
    List<Step> steps = new ArrayList<>();
    int left = tokens;
    while (left > 0) {
      List<KeepRatio> switches = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        switches.add(ratios.get(random.nextInt(ratios.size())));
      }
      int now = random.nextInt(3) == 0 ? 1 + random.nextInt(LONGEST) : 1;
      steps.add(new Step(switches, Math.min(now, left)));
      left -= Math.min(now, left);
    }
    return new WidthScript(steps);
  }
}

package io.gramian.spark.finetune;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * When to look at held-out text, and when to save.
 *
 * @param ratios keep ratios that are scored, widest first
 * @param every steps from one check to the next; there is one before the first step and one after
 *     the last as well
 * @param saveEvery steps from one checkpoint to the next; each check is followed by one as well
 */
public record CheckPlan(List<KeepRatio> ratios, int every, int saveEvery) implements Serializable {

  /** 1.0, 0.85 and 0.65 every 100 steps; a checkpoint every 50. */
  public static final CheckPlan DEFAULT =
      new CheckPlan(List.of(KeepRatio.FULL, new KeepRatio(0.85), new KeepRatio(0.65)), 100, 50);

  /** Refuses what is out of range; sorts the ratios. */
  public CheckPlan {
    ratios = ratios.stream().distinct().sorted(Comparator.reverseOrder()).toList();
    if (ratios.isEmpty()) {
      throw new UserException("no keep ratio to check at: give for example 1.0,0.85,0.65");
    }
    positive("check", every);
    positive("checkpoint", saveEvery);
  }

  private static void positive(String what, int steps) {
    if (steps < 1) {
      throw new UserException(
          String.format(
              Locale.ROOT, "a %s every %d steps: there must be at least 1 step", what, steps));
    }
  }

  /** Whether there is a check after {@code updates} of {@code steps} updates. */
  boolean checksAfter(long updates, long steps) {
    return updates % every == 0 || updates == steps;
  }

  /** Whether there is a checkpoint after {@code updates} of {@code steps} updates. */
  boolean savesAfter(long updates, long steps) {
    return updates % saveEvery == 0 || checksAfter(updates, steps);
  }
}

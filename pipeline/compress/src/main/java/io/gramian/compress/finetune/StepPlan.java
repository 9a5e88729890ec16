package io.gramian.compress.finetune;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The steps of a fine-tuning.
 *
 * @param steps updates
 * @param batch sequences a step, over all workers
 * @param ratios keep ratios that steps draw from, ascending
 * @param seed of the first adapters, the ratios and dropout
 */
public record StepPlan(int steps, int batch, List<KeepRatio> ratios, long seed)
    implements Serializable {

  /** 0.65, 0.70, ..., 1.0. */
  public static final List<KeepRatio> RATIOS =
      IntStream.rangeClosed(13, 20).mapToObj(i -> new KeepRatio(i / 20.0)).toList();

  /** 1000 steps of 32 sequences, all ratios, seed 0. */
  public static final StepPlan DEFAULT = new StepPlan(1000, 32, RATIOS, 0);

  /** Refuses what is out of range; sorts the ratios. */
  public StepPlan {
    atLeastOne("steps", steps);
    atLeastOne("sequences a step", batch);
    ratios = ratios.stream().sorted().distinct().toList();
    if (ratios.isEmpty()) {
      throw new UserException("no keep ratio to fine-tune at: give for example 0.65,0.85,1.0");
    }
  }

  private static void atLeastOne(String what, int count) {
    if (count < 1) {
      throw new UserException(
          String.format(Locale.ROOT, "%d %s to fine-tune: there must be at least 1", count, what));
    }
  }

  /** The same with another number of steps. */
  public StepPlan withSteps(int other) {
    return new StepPlan(other, batch, ratios, seed);
  }

  /** The same with another number of sequences a step. */
  public StepPlan withBatch(int other) {
    return new StepPlan(steps, other, ratios, seed);
  }

  /** The same with other keep ratios. */
  public StepPlan withRatios(List<KeepRatio> others) {
    return new StepPlan(steps, batch, others, seed);
  }

  /** The same with another seed. */
  public StepPlan withSeed(long other) {
    return new StepPlan(steps, batch, ratios, other);
  }

  /** Which ratio each step trains at. */
  public WidthSchedule widths() {
    return new WidthSchedule(ratios, seed);
  }
}

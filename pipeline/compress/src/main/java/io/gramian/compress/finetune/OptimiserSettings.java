package io.gramian.compress.finetune;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.Locale;

/**
 * How a gradient becomes an update: AdamW (arXiv 1711.05101) with betas 0.9 and 0.999 and epsilon
 * 1e-8, after a clip of the gradient's global norm.
 *
 * @param learningRate the highest, reached after the warm-up
 * @param warmupSteps steps over which the rate rises from 0, linearly
 * @param clip longest gradient (Euclidean norm over all adapters) that is applied unshortened
 * @param weightDecay decoupled: weights shrink by {@code rate * weightDecay} a step
 */
public record OptimiserSettings(
    double learningRate, int warmupSteps, double clip, double weightDecay) implements Serializable {

  /** Rate 1e-4, 100 steps of warm-up, clip 1, no decay. */
  public static final OptimiserSettings DEFAULT = new OptimiserSettings(1e-4, 100, 1.0, 0.0);

  /** Refuses what is out of range. */
  public OptimiserSettings {
    positive("learning rate", learningRate, "0.0001");
    positive("gradient clip", clip, "1");
    if (warmupSteps < 0) {
      throw new UserException(
          String.format(
              Locale.ROOT, "%d warm-up steps are less than 0: give for example 100", warmupSteps));
    }
    if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
      throw new UserException(
          String.format(
              Locale.ROOT, "weight decay %s is negative: give for example 0.01", weightDecay));
    }
  }

  private static void positive(String what, double value, String example) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new UserException(
          String.format(
              Locale.ROOT, "%s %s is not positive: give for example %s", what, value, example));
    }
  }

  /** The same with another highest rate. */
  public OptimiserSettings withLearningRate(double rate) {
    return new OptimiserSettings(rate, warmupSteps, clip, weightDecay);
  }

  /** The same with another length of warm-up. */
  public OptimiserSettings withWarmupSteps(int steps) {
    return new OptimiserSettings(learningRate, steps, clip, weightDecay);
  }

  /**
   * The rate of a step: {@code (step + 1) / warmupSteps} of the highest while that is below one,
   * then falling linearly, to 0 after the last step.
   *
   * @param step from 0
   * @param steps all that there are
   */
  public double rateAt(long step, int steps) {
    if (step < warmupSteps) {
      return learningRate * (step + 1) / warmupSteps;
    }
    return learningRate * Math.max(0, steps - step) / Math.max(1, steps - warmupSteps);
  }
}

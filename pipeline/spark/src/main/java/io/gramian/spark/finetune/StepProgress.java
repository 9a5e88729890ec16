package io.gramian.spark.finetune;

import io.gramian.compress.finetune.StepResult;
import io.gramian.spark.progress.LatestText;
import java.io.Serializable;
import java.util.Locale;
import org.apache.spark.util.LongAccumulator;

/**
 * Tells the driver how far the first worker is: steps, and a line with the loss and the speed.
 *
 * @param steps counts those done since {@code firstStep}
 * @param line what the phase has to say
 * @param firstStep that the job had to do
 * @param lastStep steps in all
 */
record StepProgress(LongAccumulator steps, LatestText line, long firstStep, long lastStep)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final double NANOS = 1e9;

  /** Starts the clock. */
  Running start() {
    return new Running(this);
  }

  /** Within the task. */
  static final class Running {

    private final StepProgress progress;
    private final long began;
    private long counted;
    private long tokens;

    private Running(StepProgress progress) {
      this.progress = progress;
      this.began = System.nanoTime();
    }

    /** After every step. The first one of a later attempt counts those of the earlier ones too. */
    void report(StepResult step, TrainingHistory history) {
      tokens += step.tokens();
      progress.line().add(text(step, history, System.nanoTime() - began));
      long done = step.step() + 1 - progress.firstStep();
      progress.steps().add(done - counted);
      counted = done;
    }

    private String text(StepResult step, TrainingHistory history, long nanos) {
      String line =
          String.format(
              Locale.ROOT,
              "step %,d of %,d, loss %.4f at %.2f, %,.0f tokens/s",
              step.step() + 1,
              progress.lastStep(),
              step.loss(),
              step.ratio().value(),
              tokens * NANOS / nanos);
      return history.latestCheck().isPresent()
          ? line
              + String.format(Locale.ROOT, ", held-out %.4f", history.latestCheck().getAsDouble())
          : line;
    }
  }
}

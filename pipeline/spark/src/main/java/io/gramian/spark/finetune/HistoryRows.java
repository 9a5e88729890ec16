package io.gramian.spark.finetune;

import io.gramian.compress.finetune.StepResult;
import io.gramian.model.KeepRatio;
import java.util.Arrays;
import java.util.List;

/** A {@link TrainingHistory} as rows of numbers; whole ones are exact up to 2^53. */
final class HistoryRows {

  /** Step, keep ratio, loss, gradient norm, learning rate, tokens. */
  static final int STEP_COLUMNS = 6;

  /** Updates, keep ratio, loss, tokens. */
  static final int CHECK_COLUMNS = 4;

  private HistoryRows() {}

  static double[][] ofSteps(TrainingHistory history) {
    return history.steps().stream().map(HistoryRows::row).toArray(double[][]::new);
  }

  static double[][] ofChecks(TrainingHistory history) {
    return history.checks().stream().map(HistoryRows::row).toArray(double[][]::new);
  }

  /** The inverse of both. */
  static TrainingHistory history(double[][] steps, double[][] checks) {
    List<StepResult> results = Arrays.stream(steps).map(HistoryRows::step).toList();
    List<HeldOutLoss> losses = Arrays.stream(checks).map(HistoryRows::check).toList();
    return new TrainingHistory(results, losses);
  }

  private static double[] row(StepResult step) {
    return new double[] {
      step.step(),
      step.ratio().value(),
      step.loss(),
      step.gradientNorm(),
      step.learningRate(),
      step.tokens()
    };
  }

  private static StepResult step(double[] row) {
    return new StepResult(
        (long) row[0], new KeepRatio(row[1]), row[2], row[3], row[4], (long) row[5]);
  }

  private static double[] row(HeldOutLoss check) {
    return new double[] {check.updates(), check.ratio().value(), check.loss(), check.tokens()};
  }

  private static HeldOutLoss check(double[] row) {
    return new HeldOutLoss((long) row[0], new KeepRatio(row[1]), row[2], (long) row[3]);
  }
}

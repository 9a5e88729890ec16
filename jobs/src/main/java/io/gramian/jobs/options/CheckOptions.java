package io.gramian.jobs.options;

import io.gramian.model.KeepRatio;
import io.gramian.spark.finetune.CheckPlan;
import java.util.List;
import picocli.CommandLine.Option;

/** How a fine-tuning is watched and kept. */
public final class CheckOptions {

  @Option(
      names = "--check-keep",
      paramLabel = "RATIO",
      split = ",",
      defaultValue = "1.0,0.85,0.65",
      description =
          "Keep ratios at which held-out text is scored; the adapters that do best over all of them"
              + " are the result (default: ${DEFAULT-VALUE}).")
  private List<String> keep;

  @Option(
      names = "--check-every",
      paramLabel = "STEPS",
      defaultValue = "100",
      description = "Steps from one check to the next (default: ${DEFAULT-VALUE}).")
  private int checkEvery;

  @Option(
      names = "--save-every",
      paramLabel = "STEPS",
      defaultValue = "50",
      description =
          "Steps from one checkpoint to the next; the same command goes on from the newest"
              + " (default: ${DEFAULT-VALUE}).")
  private int saveEvery;

  /**
   * The plan.
   *
   * @throws io.gramian.checkpoint.UserException if a number is out of range
   */
  public CheckPlan plan() {
    return new CheckPlan(keep.stream().map(KeepRatio::parse).toList(), checkEvery, saveEvery);
  }
}

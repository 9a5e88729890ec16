package io.gramian.jobs.options;

import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.OptimiserSettings;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.model.Granularity;
import io.gramian.spark.finetune.CheckPlan;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** Fine-tuning as a part of {@code compress}: what matters most of {@code finetune}'s options. */
public final class CompressTrainingOptions {

  private static final int CHECK_SEQUENCES = 64;

  @Option(
      names = "--finetune-steps",
      paramLabel = "COUNT",
      defaultValue = "0",
      description =
          "Updates of low-rank adapters that make up for what the widths cost; 0 is none (default:"
              + " ${DEFAULT-VALUE}). The verb finetune has more options.")
  private int steps;

  @Option(
      names = "--finetune-batch",
      paramLabel = "SEQUENCES",
      defaultValue = "32",
      description = "Sequences a step, over all workers (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--finetune-learning-rate",
      paramLabel = "RATE",
      defaultValue = "1e-4",
      description = "The highest learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--finetune-warm-up",
      paramLabel = "STEPS",
      defaultValue = "100",
      description = "Steps over which the learning rate rises (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--finetune-check-every",
      paramLabel = "STEPS",
      defaultValue = "100",
      description =
          "Steps from one check on held-out text to the next (default: ${DEFAULT-VALUE}).")
  private int checkEvery;

  @Option(
      names = "--finetune-sequence-length",
      paramLabel = "TOKENS",
      defaultValue = "256",
      description = "Tokens of a training sequence (default: ${DEFAULT-VALUE}).")
  private int sequenceLength;

  @Option(
      names = "--finetune-text",
      paramLabel = "PATH",
      description = "Text to learn (default: the calibration text).")
  private Optional<String> text;

  /** Whether there is to be any. */
  public boolean isWanted() {
    return steps > 0;
  }

  /**
   * What to train.
   *
   * @param granularity to which widths are rounded where the run has no allocation
   * @throws io.gramian.checkpoint.UserException if a number is out of range
   */
  public FinetuneRequest request(Granularity granularity) {
    FinetuneSettings settings =
        FinetuneSettings.DEFAULT
            .withPlan(StepPlan.DEFAULT.withSteps(steps).withBatch(batch))
            .withOptimiser(
                OptimiserSettings.DEFAULT.withLearningRate(learningRate).withWarmupSteps(warmUp));
    CheckPlan checks = CheckPlan.DEFAULT;
    return new FinetuneRequest(
        settings,
        new CheckPlan(checks.ratios(), checkEvery, checks.saveEvery()),
        OptionalInt.empty(),
        granularity);
  }

  /** What is learnt: the text that was given, or {@code calibration}. */
  public TextSource training(TextSource calibration) {
    return cut(text.orElse(calibration.path()), calibration, OptionalInt.empty());
  }

  /** What is only scored on the way. */
  public TextSource heldOut(TextSource evaluation) {
    return cut(evaluation.path(), evaluation, OptionalInt.of(CHECK_SEQUENCES));
  }

  private TextSource cut(String path, TextSource like, OptionalInt maximum) {
    return new TextSource(
        path, like.textColumn(), new TokenizeRequest.Cut(sequenceLength, maximum, Packing.PACK));
  }
}

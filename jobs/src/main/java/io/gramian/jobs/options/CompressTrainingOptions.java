package io.gramian.jobs.options;

import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.LoraShape;
import io.gramian.compress.finetune.OptimiserSettings;
import io.gramian.compress.finetune.Precision;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.spark.finetune.CheckPlan;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Fine-tuning as a part of {@code compress}: what matters most of {@code finetune}'s options. */
public final class CompressTrainingOptions {

  private static final List<KeepRatio> TRAINED =
      Stream.of("0.65", "0.70", "0.75", "0.80", "0.85", "0.90", "0.95", "1.0")
          .map(KeepRatio::parse)
          .toList();
  private static final List<KeepRatio> CHECKED =
      Stream.of("1.0", "0.85", "0.65").map(KeepRatio::parse).toList();

  private static final double CLIP = 1;
  private static final LoraShape ADAPTERS = new LoraShape(8, 16, 0.05);
  private static final int SAVE_EVERY = 50;
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
      description = "Steps from one check on held-out text to the next (default: ${DEFAULT-VALUE}).")
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
        new FinetuneSettings(
            new StepPlan(steps, batch, TRAINED, 0),
            new OptimiserSettings(learningRate, warmUp, CLIP, 0),
            ADAPTERS,
            Precision.AUTO);
    return new FinetuneRequest(
        settings,
        new CheckPlan(CHECKED, checkEvery, SAVE_EVERY),
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
        path,
        like.textColumn(),
        new TokenizeRequest.Cut(sequenceLength, maximum, Packing.PACK));
  }
}

package io.gramian.jobs.options;

import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.LoraShape;
import io.gramian.compress.finetune.OptimiserSettings;
import io.gramian.compress.finetune.Precision;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.model.KeepRatio;
import java.util.List;
import picocli.CommandLine.Option;

/** What a fine-tuning computes. */
public final class TrainingOptions {

  @Option(
      names = "--steps",
      paramLabel = "COUNT",
      defaultValue = "1000",
      description = "Updates of the adapters (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--batch",
      paramLabel = "SEQUENCES",
      defaultValue = "32",
      description = "Sequences a step, over all workers (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--keep",
      paramLabel = "RATIO",
      split = ",",
      defaultValue = "0.65,0.70,0.75,0.80,0.85,0.90,0.95,1.0",
      description =
          "Keep ratios that steps draw from, the narrow ones more often (default:"
              + " ${DEFAULT-VALUE}). Widths are by the rule of the run's allocation, else every"
              + " block is as wide as the ratio says.")
  private List<String> keep;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "1e-4",
      description = "The highest learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--warm-up",
      paramLabel = "STEPS",
      defaultValue = "100",
      description =
          "Steps over which the learning rate rises; then it falls to 0, both linearly (default:"
              + " ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      defaultValue = "1.0",
      description = "Longest gradient that is applied unshortened (default: ${DEFAULT-VALUE}).")
  private double clip;

  @Option(
      names = "--weight-decay",
      paramLabel = "RATE",
      defaultValue = "0.0",
      description = "Decoupled weight decay of the adapters (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--rank",
      paramLabel = "COUNT",
      defaultValue = "8",
      description = "Rank of the adapters (default: ${DEFAULT-VALUE}).")
  private int rank;

  @Option(
      names = "--alpha",
      paramLabel = "NUMBER",
      defaultValue = "16",
      description = "Adapters count alpha over rank times (default: ${DEFAULT-VALUE}).")
  private double alpha;

  @Option(
      names = "--dropout",
      paramLabel = "FRACTION",
      defaultValue = "0.05",
      description =
          "Fraction of its input channels that an adapter does without, for a sequence at a time"
              + " (default: ${DEFAULT-VALUE}).")
  private double dropout;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "auto",
      description =
          "Of products with the frozen weights: float32, bfloat16, or auto, which is bfloat16 where"
              + " the processors multiply it (default: ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      defaultValue = "0",
      description =
          "Of the order of the text, the widths, dropout and the first adapters (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed;

  /**
   * The settings.
   *
   * @throws io.gramian.checkpoint.UserException if a number is out of range
   */
  public FinetuneSettings settings() {
    return new FinetuneSettings(
        new StepPlan(steps, batch, keep.stream().map(KeepRatio::parse).toList(), seed),
        new OptimiserSettings(learningRate, warmUp, clip, weightDecay),
        new LoraShape(rank, alpha, dropout),
        precision);
  }
}

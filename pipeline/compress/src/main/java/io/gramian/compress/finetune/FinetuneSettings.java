package io.gramian.compress.finetune;

import java.io.Serializable;

/**
 * All that decides what a fine-tuning computes.
 *
 * @param plan steps, batch, widths and seed
 * @param optimiser learning rate, clip and decay
 * @param lora the adapters
 * @param precision of the frozen products
 */
public record FinetuneSettings(
    StepPlan plan, OptimiserSettings optimiser, LoraShape lora, Precision precision)
    implements Serializable {

  /** Of the paper (arXiv 2512.03383), with the processor's own precision. */
  public static final FinetuneSettings DEFAULT =
      new FinetuneSettings(
          StepPlan.DEFAULT, OptimiserSettings.DEFAULT, LoraShape.DEFAULT, Precision.AUTO);

  /** The same with other steps. */
  public FinetuneSettings withPlan(StepPlan other) {
    return new FinetuneSettings(other, optimiser, lora, precision);
  }

  /** The same with another optimiser. */
  public FinetuneSettings withOptimiser(OptimiserSettings other) {
    return new FinetuneSettings(plan, other, lora, precision);
  }

  /** The same with other adapters. */
  public FinetuneSettings withLora(LoraShape other) {
    return new FinetuneSettings(plan, optimiser, other, precision);
  }

  /** The same in another precision. */
  public FinetuneSettings withPrecision(Precision other) {
    return new FinetuneSettings(plan, optimiser, lora, other);
  }
}

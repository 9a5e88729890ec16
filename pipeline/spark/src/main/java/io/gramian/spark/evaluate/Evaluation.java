package io.gramian.spark.evaluate;

import io.gramian.compress.evaluate.NextTokenScore;
import java.io.Serializable;
import java.util.List;

/**
 * How well one stage of a run predicts.
 *
 * @param stage {@code model}, {@code sorted} or {@code finetuned}
 * @param keepRatio asked for; 1 for a stage as wide as it lies on disk
 * @param tokens predictions scored
 * @param loss nats a token
 * @param perplexity {@code exp(loss)}
 * @param top1Accuracy fraction of tokens whose likeliest prediction was right
 * @param bytes tensor bytes of the stage at that width, as it would lie on disk
 * @param parameters elements of its tensors; a tied table counts once
 * @param allocation {@code uniform}, or {@code allocated} where the run's allocation gave the
 *     widths
 */
public record Evaluation(
    String stage,
    double keepRatio,
    long tokens,
    double loss,
    double perplexity,
    double top1Accuracy,
    long bytes,
    long parameters,
    String allocation)
    implements Serializable {

  static Evaluation of(Stage stage, StageWalk.Outcome<NextTokenScore> outcome) {
    NextTokenScore score = outcome.value();
    return new Evaluation(
        stage.name(),
        stage.keepRatio().value(),
        score.tokens(),
        score.loss(),
        score.perplexity(),
        score.top1Accuracy(),
        outcome.bytes(),
        outcome.parameters(),
        stage.widths().allocation());
  }

  /** The widest of some stages; among equals the last, which is the most finished. */
  public static Evaluation widest(List<Evaluation> stages) {
    return stages.stream().reduce((a, b) -> b.keepRatio() >= a.keepRatio() ? b : a).orElseThrow();
  }
}

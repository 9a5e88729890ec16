package io.gramian.spark.ablate;

import io.gramian.compress.evaluate.NextTokenScore;
import java.io.Serializable;

/**
 * One cell of an ablation.
 *
 * @param set the criteria; named {@code dense} for the model as it came
 * @param allocation {@code uniform}: every block at the same keep ratio; {@code layer-influence} or
 *     {@code block-influence}
 * @param keepRatio asked for
 * @param parameters of the narrowed model
 * @param tokens predictions scored
 * @param loss nats a token
 * @param perplexity {@code exp(loss)}
 * @param top1Accuracy fraction of tokens whose likeliest prediction was right
 */
public record Ablation(
    NamedCriteria set,
    String allocation,
    double keepRatio,
    long parameters,
    long tokens,
    double loss,
    double perplexity,
    double top1Accuracy)
    implements Serializable {

  static final String DENSE = "dense";
  static final String UNIFORM = "uniform";

  static Ablation of(Cell cell, long parameters, NextTokenScore score) {
    return new Ablation(
        cell.set(),
        cell.allocation(),
        cell.keepRatio(),
        parameters,
        score.tokens(),
        score.loss(),
        score.perplexity(),
        score.top1Accuracy());
  }

  /** Which combination. */
  record Cell(NamedCriteria set, String allocation, double keepRatio) {}
}

package io.gramian.spark.evaluate;

import io.gramian.compress.evaluate.NextTokenScore;
import java.io.Serializable;

/**
 * How well one stage of a run predicts.
 *
 * @param stage {@code model} or {@code sorted}
 * @param keepRatio 1 until a stage is narrower
 * @param tokens predictions scored
 * @param loss nats a token
 * @param perplexity {@code exp(loss)}
 * @param top1Accuracy fraction of tokens whose likeliest prediction was right
 * @param bytes tensor bytes of the stage on disk
 */
public record Evaluation(
    String stage,
    double keepRatio,
    long tokens,
    double loss,
    double perplexity,
    double top1Accuracy,
    long bytes)
    implements Serializable {

  static Evaluation of(String stage, NextTokenScore score, long bytes) {
    return new Evaluation(
        stage, 1.0, score.tokens(), score.loss(), score.perplexity(), score.top1Accuracy(), bytes);
  }
}

package io.gramian.compress.evaluate;

import io.gramian.compress.statistics.FixedPointSum;
import java.io.Serializable;

/**
 * Sums over predicted tokens: {@code -log p(next token)} in nats, and how often the likeliest token
 * was the next. Merging is exact, so any split of the text gives the same result.
 */
public final class NextTokenScore implements Serializable {

  private static final long serialVersionUID = 1L;

  private final FixedPointSum loss = FixedPointSum.zeros(1);
  private long tokens;
  private long correct;

  /** Adds {@code count} predictions. */
  void add(double lossSum, long count, long hits) {
    loss.add(new double[] {lossSum});
    tokens += count;
    correct += hits;
  }

  /** Adds another score; returns this one. */
  public NextTokenScore merge(NextTokenScore other) {
    loss.merge(other.loss);
    tokens += other.tokens;
    correct += other.correct;
    return this;
  }

  /** Tokens predicted. */
  public long tokens() {
    return tokens;
  }

  /** Mean loss in nats a token. */
  public double loss() {
    return loss.toDoubles()[0] / tokens;
  }

  /** {@code exp(loss)}. */
  public double perplexity() {
    return Math.exp(loss());
  }

  /** Fraction of tokens whose likeliest prediction was right. */
  public double top1Accuracy() {
    return (double) correct / tokens;
  }
}

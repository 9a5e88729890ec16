package io.gramian.edge.sampling;

import io.gramian.checkpoint.UserException;
import java.util.SplittableRandom;

/**
 * Draws a token by chance: with probabilities {@code p(i) ~ exp(logit(i) / temperature)}, from the
 * nucleus, which is the fewest likeliest tokens whose probabilities add up to at least {@code
 * topP}.
 *
 * <p>Cost for V tokens, of which k are the nucleus: V exponentials, then O(c + k log c) to select
 * them, where c candidates are likely enough for the nucleus at all. Nothing is allocated after the
 * first token.
 */
public final class TopP implements Sampler {

  private final double temperature;
  private final double topP;
  private final SplittableRandom random;
  private double[] weights = new double[0];
  private Nucleus nucleus = new Nucleus(0);

  /**
   * With its own random numbers.
   *
   * @param temperature above 0: the lower, the more the likeliest tokens are preferred; 1 is what
   *     the model was trained for
   * @param topP above 0, at most 1, which is the whole vocabulary
   * @param seed the same seed draws the same tokens from the same logits
   * @throws UserException if a number is out of range
   */
  public TopP(double temperature, double topP, long seed) {
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new UserException(
          "a temperature of %s cannot be sampled with; ".formatted(temperature)
              + "give a number above 0, for example 0.8, or sample greedily");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new UserException(
          "a top-p of %s cannot be sampled with; ".formatted(topP)
              + "give a number above 0 and at most 1, for example 0.95");
    }
    this.temperature = temperature;
    this.topP = topP;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public int next(float[] logits) {
    int likeliest = Logits.highest(logits);
    double total = weigh(logits, logits[likeliest]);
    double draw = random.nextDouble();
    return topP == 1
        ? drawFromAll(draw * total, likeliest)
        : nucleus.draw(weights, total, topP, draw);
  }

  /** Sets the weight of each token, 1 for the likeliest; returns their sum. */
  private double weigh(float[] logits, float highest) {
    if (weights.length != logits.length) {
      weights = new double[logits.length];
      nucleus = new Nucleus(logits.length);
    }
    double total = 0;
    for (int id = 0; id < logits.length; id++) {
      double weight = Math.exp(((double) logits[id] - highest) / temperature);
      weights[id] = weight >= 0 ? weight : 0;
      total += weights[id];
    }
    return total;
  }

  private int drawFromAll(double rest, int likeliest) {
    double left = rest;
    for (int id = 0; id < weights.length; id++) {
      left -= weights[id];
      if (left < 0) {
        return id;
      }
    }
    // Rounding may leave a last crumb.
    return likeliest;
  }
}

package io.gramian.edge.profile;

/**
 * What a session takes.
 *
 * @param secondsToFirstToken for reading the prompt and choosing a token, the median of some runs
 * @param secondsPerToken for one more token, the median of all tokens of all runs
 */
public record SessionProfile(double secondsToFirstToken, double secondsPerToken) {

  /** Tokens in a second, of a text whose tokens all take the median's time. */
  public double tokensPerSecond() {
    return 1 / secondsPerToken;
  }
}

package io.gramian.edge.generate;

import java.util.List;

/**
 * What a model said.
 *
 * @param ids its tokens, without the one that ended the text
 * @param text of these tokens behind the prompt's: what the pieces that were handed out add up to
 * @param end why there is no more of it
 * @param timing how long it took
 */
public record Generation(List<Integer> ids, String text, EndReason end, Timing timing) {

  /** Copies the ids. */
  public Generation {
    ids = List.copyOf(ids);
  }

  /** How many tokens the text has. */
  public int tokens() {
    return ids.size();
  }

  /**
   * How long a generation took, without the time that the consumer of its pieces spent.
   *
   * @param secondsToFirstToken for reading the prompt and choosing the first token
   * @param secondsOfDecoding for all tokens behind the first, an end token included
   * @param passes of one token each, in these seconds
   */
  public record Timing(double secondsToFirstToken, double secondsOfDecoding, int passes) {

    /** Tokens behind the first in a second of decoding; 0 where there was none. */
    public double tokensPerSecond() {
      return passes == 0 ? 0 : passes / secondsOfDecoding;
    }
  }
}

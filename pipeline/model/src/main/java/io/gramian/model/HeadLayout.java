package io.gramian.model;

import java.io.Serializable;

/**
 * Heads of an attention mixer.
 *
 * @param heads query heads
 * @param kvHeads key-value heads; a divisor of {@code heads}
 * @param headSize channels a head, {@code d}
 */
public record HeadLayout(int heads, int kvHeads, int headSize) implements Serializable {

  /** Query heads that share one key-value head. */
  public int queriesPerKvHead() {
    return heads / kvHeads;
  }
}

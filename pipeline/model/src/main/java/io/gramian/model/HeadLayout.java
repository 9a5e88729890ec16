package io.gramian.model;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.Locale;

/**
 * Heads of an attention mixer. Query head {@code i} reads KV head {@code i / queriesPerKvHead}, so
 * the query heads of one KV head are neighbours.
 *
 * @param heads query heads
 * @param kvHeads key-value heads; a divisor of {@code heads}
 * @param headSize channels a head, {@code d}
 */
public record HeadLayout(int heads, int kvHeads, int headSize) implements Serializable {

  /** Refuses sizes that are not positive and query heads that KV heads cannot share evenly. */
  public HeadLayout {
    positive("num_attention_heads", heads);
    positive("num_key_value_heads", kvHeads);
    positive("head_dim", headSize);
    if ((long) heads * headSize > Integer.MAX_VALUE) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "num_attention_heads %d times head_dim %d is more channels than a tensor can have",
              heads,
              headSize));
    }
    if (heads % kvHeads != 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%d query heads cannot share %d KV heads evenly: num_attention_heads must be a"
                  + " multiple of num_key_value_heads",
              heads,
              kvHeads));
    }
  }

  private static void positive(String key, int size) {
    if (size <= 0) {
      throw new UserException(
          String.format(Locale.ROOT, "%s is %d: it must be at least 1", key, size));
    }
  }

  /** Query heads that share one key-value head. */
  public int queriesPerKvHead() {
    return heads / kvHeads;
  }

  /** Rows of the query map and columns of the output map: {@code heads * d}. */
  public int querySize() {
    return heads * headSize;
  }

  /** Rows of the key map and of the value map: {@code kvHeads * d}. */
  public int keyValueSize() {
    return kvHeads * headSize;
  }
}

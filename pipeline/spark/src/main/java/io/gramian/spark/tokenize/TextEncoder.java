package io.gramian.spark.tokenize;

import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/** A model's tokenizer for single texts; travels to executors, which load it once. */
public final class TextEncoder implements Serializable {

  private static final long serialVersionUID = 1L;

  private final ModelTokenizer tokenizer;

  private TextEncoder(ModelTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * The tokenizer in a model's folder.
   *
   * @throws io.gramian.checkpoint.UserException if there is none, or it cannot be read
   */
  public static TextEncoder load(HadoopDirectory model) throws IOException {
    return new TextEncoder(ModelTokenizer.load(model));
  }

  /** The tokens that stand before every text: one or none. */
  public int[] prefix() {
    return tokenizer.prefix().clone();
  }

  /**
   * The tokens of {@code text}, without prefix.
   *
   * @param where what a message calls the place where it came from
   * @throws io.gramian.checkpoint.UserException if the model has no embedding for one
   */
  public int[] encode(String text, String where) {
    String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    long[] ids = ExecutorTokenizers.get(tokenizer).encode(wellFormed, false, false).getIds();
    int[] tokens = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = Math.toIntExact(ids[i]);
    }
    tokenizer.requireInVocabulary(tokens, where);
    return tokens;
  }
}

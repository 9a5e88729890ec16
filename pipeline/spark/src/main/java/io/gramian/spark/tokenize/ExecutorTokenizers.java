package io.gramian.spark.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.gramian.checkpoint.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The native tokenizers of this JVM, by the checksum of their definition.
 *
 * <p>Static, because nothing else outlives a task: loading one takes 0.3 s and tens of megabytes,
 * all tasks of an executor can share it (it is immutable and its calls are thread-safe), and Spark
 * offers no other place that is created once a JVM. Bounded: an executor that serves many models
 * keeps the {@value #LIMIT} used last. One that is dropped is freed by its wrapper's finalizer,
 * once no task holds it any more.
 */
final class ExecutorTokenizers {

  private static final int LIMIT = 2;

  /**
   * The tokenizer's own settings, whatever tokenizer.json says: no special tokens, since the
   * document prefix is ours; no truncation, which DJL sets to 512 tokens by default; no padding.
   */
  private static final Map<String, String> PLAIN =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private static final Map<String, HuggingFaceTokenizer> LOADED =
      new LinkedHashMap<>(4, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, HuggingFaceTokenizer> eldest) {
          return size() > LIMIT;
        }
      };

  static {
    // DJL reports to Amazon when it is first used unless this is set; clusters stay silent.
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private ExecutorTokenizers() {}

  /**
   * The tokenizer of that definition, loaded if need be.
   *
   * @throws UserException if it cannot be read
   */
  static synchronized HuggingFaceTokenizer get(ModelTokenizer model) {
    return LOADED.computeIfAbsent(model.checksum(), checksum -> load(model));
  }

  static synchronized int loaded() {
    return LOADED.size();
  }

  private static HuggingFaceTokenizer load(ModelTokenizer model) {
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(model.json()), PLAIN);
    } catch (IOException | RuntimeException e) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s/tokenizer.json cannot be read as a Hugging Face tokenizer: %s",
              model.folder(),
              e.getMessage()),
          e);
    }
  }
}

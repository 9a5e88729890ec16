package io.gramian.spark.tokenize;

import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;

/**
 * A model's tokenizer as it travels to the executors: the bytes of {@code tokenizer.json}, read
 * once, and what {@code config.json} has to say about tokens.
 */
final class ModelTokenizer implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final String FILE = "tokenizer.json";

  private final String folder;
  private final byte[] json;
  private final String checksum;
  private final int[] prefix;
  private final int vocabulary;

  private ModelTokenizer(String folder, byte[] json, HfConfig config) throws IOException {
    this.folder = folder;
    this.json = json;
    this.checksum = Checksum.of(new ByteArrayInputStream(json)).sha256();
    this.prefix = prefix(config);
    this.vocabulary = config.requireInt("vocab_size");
  }

  /**
   * Reads the two files of a model folder and tries the tokenizer out.
   *
   * @throws UserException if one is missing or not what it should be
   */
  static ModelTokenizer load(HadoopDirectory model) throws IOException {
    HfConfig config = HfConfig.read(model);
    ModelTokenizer tokenizer = new ModelTokenizer(model.name(), definition(model), config);
    tokenizer.requireInVocabulary(tokenizer.prefix, config.name());
    ExecutorTokenizers.get(tokenizer);
    return tokenizer;
  }

  /** The model's folder, for messages. */
  String folder() {
    return folder;
  }

  /** The content of {@code tokenizer.json}. */
  byte[] json() {
    return json;
  }

  /** SHA-256 of {@link #json}. */
  String checksum() {
    return checksum;
  }

  /** The tokens that stand before every document: one or none. */
  int[] prefix() {
    return prefix;
  }

  /**
   * Checks that the model has an embedding for every token.
   *
   * @param where what the message calls the place where they came from
   */
  void requireInVocabulary(int[] ids, String where) {
    for (int id : ids) {
      if (id < 0 || id >= vocabulary) {
        throw new UserException(
            String.format(
                    Locale.ROOT,
                    "%s: token id %d is outside the model's vocabulary of %d tokens (vocab_size in",
                    where,
                    id,
                    vocabulary)
                + String.format(
                    Locale.ROOT,
                    " %s/config.json): tokenizer.json does not belong to this model",
                    folder));
      }
    }
  }

  /** The beginning-of-text token, else the first end-of-text token, else nothing. */
  private static int[] prefix(HfConfig config) {
    for (String key : List.of("bos_token_id", "eos_token_id")) {
      if (config.has(key)) {
        return config.isList(key)
            ? config.ints(key).stream().limit(1).mapToInt(Integer::intValue).toArray()
            : new int[] {config.requireInt(key)};
      }
    }
    return new int[0];
  }

  private static byte[] definition(HadoopDirectory model) throws IOException {
    try (InputStream in = model.read(FILE)) {
      return in.readAllBytes();
    } catch (NoSuchFileException e) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: no %s there; a model's folder must hold it beside config.json",
              model.name(),
              FILE),
          e);
    }
  }
}

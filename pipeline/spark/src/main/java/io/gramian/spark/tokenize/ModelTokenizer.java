package io.gramian.spark.tokenize;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A model's tokenizer as it travels to the executors: the bytes of {@code tokenizer.json}, read
 * once, and what {@code config.json} has to say about tokens.
 *
 * @param folder the model's folder, for messages
 * @param json content of {@code tokenizer.json}
 * @param checksum SHA-256 of {@code json}
 * @param prefix the tokens that stand before every document: one or none
 * @param vocabulary the model's {@code vocab_size}
 */
record ModelTokenizer(String folder, byte[] json, String checksum, int[] prefix, int vocabulary)
    implements Serializable {

  private static final JsonMapper CONFIG =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /**
   * Reads the two files of a model folder and tries the tokenizer out.
   *
   * @throws UserException if one is missing or not what it should be
   */
  static ModelTokenizer load(HadoopDirectory model) throws IOException {
    byte[] json = read(model, "tokenizer.json");
    JsonNode config = CONFIG.readTree(read(model, "config.json"));
    ModelTokenizer tokenizer =
        new ModelTokenizer(
            model.name(), json, checksum(json), prefix(config), config.path("vocab_size").asInt());
    tokenizer.requireInVocabulary(tokenizer.prefix, "bos_token_id in config.json");
    ExecutorTokenizers.get(tokenizer);
    return tokenizer;
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
            "%s: token id %d is outside the model's vocabulary of %d tokens (vocab_size in"
                    .formatted(where, id, vocabulary)
                + " %s/config.json): tokenizer.json does not belong to this model"
                    .formatted(folder));
      }
    }
  }

  /** The beginning-of-text token, else the first end-of-text token, else nothing. */
  private static int[] prefix(JsonNode config) {
    for (String name : new String[] {"bos_token_id", "eos_token_id"}) {
      JsonNode value = config.path(name);
      JsonNode first = value.isArray() ? value.path(0) : value;
      if (first.isIntegralNumber()) {
        return new int[] {first.intValue()};
      }
    }
    return new int[0];
  }

  private static byte[] read(HadoopDirectory model, String file) throws IOException {
    try (InputStream in = model.read(file)) {
      return in.readAllBytes();
    } catch (NoSuchFileException e) {
      throw new UserException(
          "%s/%s does not exist: the model folder must hold config.json and tokenizer.json"
              .formatted(model.name(), file),
          e);
    }
  }

  private static String checksum(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}

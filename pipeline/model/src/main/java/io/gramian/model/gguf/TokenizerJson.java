package io.gramian.model.gguf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.TextFile;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What of a {@code tokenizer.json} GGUF has keys for. */
final class TokenizerJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** How Llama 3 splits text into words; Qwen2's takes digits one by one. */
  private static final String LLAMA3_WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final String QWEN2_WORDS = LLAMA3_WORDS.replace("{1,3}", "");

  /** Where a token comes from. */
  enum Origin {
    VOCABULARY,
    SPECIAL,
    ADDED
  }

  /** A token in the alphabet of byte-level BPE. */
  record Token(String text, Origin origin) {}

  private final JsonNode root;
  private final Map<Integer, Token> tokens = new HashMap<>();

  private TokenizerJson(JsonNode root) {
    this.root = root;
    root.path("model")
        .path("vocab")
        .properties()
        .forEach(
            entry ->
                tokens.put(
                    entry.getValue().intValue(), new Token(entry.getKey(), Origin.VOCABULARY)));
    for (JsonNode added : root.path("added_tokens")) {
      Origin origin = added.path("special").asBoolean() ? Origin.SPECIAL : Origin.ADDED;
      tokens.put(added.path("id").intValue(), new Token(added.path("content").asText(), origin));
    }
  }

  /**
   * Reads it.
   *
   * @throws UserException if it is no JSON
   */
  static TokenizerJson read(Directory folder, String file) throws IOException {
    try {
      return new TokenizerJson(MAPPER.readTree(TextFile.read(folder, file)));
    } catch (JsonProcessingException e) {
      throw new UserException(
          folder.name() + "/" + file + ": not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The token of an id, if there is one. */
  Optional<Token> token(int id) {
    return Optional.ofNullable(tokens.get(id));
  }

  /** Pairs that are joined, each {@code "a b"}: newer files have lists of two. */
  List<String> merges() {
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : root.path("model").path("merges")) {
      merges.add(
          merge.isArray() ? merge.get(0).asText() + " " + merge.get(1).asText() : merge.asText());
    }
    return merges;
  }

  /** llama.cpp's name for the rule that splits text into words, if it has one. */
  Optional<String> wordRule() {
    JsonNode words = root.path("pre_tokenizer");
    if (!root.path("model").path("type").asText().equals("BPE")) {
      return Optional.empty();
    }
    if (isByteLevel(words, true) && isNothing(root.path("normalizer"))) {
      return Optional.of("gpt-2");
    }
    JsonNode steps = words.path("pretokenizers");
    if (steps.size() != 2 || !isByteLevel(steps.get(1), false)) {
      return Optional.empty();
    }
    return named(steps.get(0).path("pattern").path("Regex").asText());
  }

  /** Llama 3 takes a word that is a token as it is; Qwen2's texts are expected in normal form C. */
  private Optional<String> named(String regex) {
    boolean wholeWords = root.path("model").path("ignore_merges").asBoolean();
    JsonNode normalizer = root.path("normalizer");
    if (regex.equals(LLAMA3_WORDS) && wholeWords && isNothing(normalizer)) {
      return Optional.of("llama-bpe");
    }
    boolean composed = isNothing(normalizer) || normalizer.path("type").asText().equals("NFC");
    return regex.equals(QWEN2_WORDS) && !wholeWords && composed
        ? Optional.of("qwen2")
        : Optional.empty();
  }

  private static boolean isByteLevel(JsonNode step, boolean splits) {
    return step.path("type").asText().equals("ByteLevel")
        && step.path("use_regex").asBoolean(true) == splits
        && !step.path("add_prefix_space").asBoolean(true);
  }

  private static boolean isNothing(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  /** Whether a text is given a first token: a template that begins with a special one. */
  boolean beginsTexts() {
    JsonNode last = root.path("post_processor");
    JsonNode steps = last.path("processors");
    return steps.isArray()
        ? StreamSupport.stream(steps.spliterator(), false).anyMatch(TokenizerJson::begins)
        : begins(last);
  }

  private static boolean begins(JsonNode step) {
    return step.path("type").asText().equals("TemplateProcessing")
        && step.path("single").path(0).has("SpecialToken");
  }
}

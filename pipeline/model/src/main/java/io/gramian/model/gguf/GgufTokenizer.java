package io.gramian.model.gguf;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.gguf.GgufMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tokenizer of a {@code tokenizer.json} as GGUF describes it: only byte-level BPE whose rule
 * for splitting text into words is one that llama.cpp knows by name, since a file can say no other.
 * Any other is left out, for a wrong one would go unnoticed.
 */
final class GgufTokenizer {

  private static final String FILE = "tokenizer.json";
  private static final String MODEL = "tokenizer.ggml.model";
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;

  private final HfConfig config;
  private final int vocabulary;

  /**
   * Of a model.
   *
   * @param config names the tokens at a text's begin and end
   * @param vocabulary rows of the embedding: ids without token are filled up
   */
  GgufTokenizer(HfConfig config, int vocabulary) {
    this.config = config;
    this.vocabulary = vocabulary;
  }

  /** Adds the keys; returns what is missing, a sentence each. */
  List<String> addTo(GgufMetadata metadata, Directory folder) throws IOException {
    if (!folder.exists(FILE)) {
      metadata.text(MODEL, "none");
      return List.of("the file has no tokenizer, because the artifact has no " + FILE);
    }
    TokenizerJson json = TokenizerJson.read(folder, FILE);
    Optional<String> words = json.wordRule();
    if (words.isEmpty()) {
      metadata.text(MODEL, "none");
      return List.of("the file has no tokenizer: " + FILE + " is none that GGUF has a name for");
    }
    metadata.text(MODEL, "gpt2").text("tokenizer.ggml.pre", words.get());
    addTokens(metadata, json);
    metadata.texts("tokenizer.ggml.merges", json.merges());
    addEnds(metadata, json);
    return List.of();
  }

  private void addTokens(GgufMetadata metadata, TokenizerJson json) {
    List<String> tokens = new ArrayList<>();
    List<Integer> kinds = new ArrayList<>();
    for (int id = 0; id < vocabulary; id++) {
      Optional<TokenizerJson.Token> token = json.token(id);
      tokens.add(token.map(TokenizerJson.Token::text).orElse("[PAD" + id + "]"));
      kinds.add(token.map(GgufTokenizer::kind).orElse(UNUSED));
    }
    metadata.texts("tokenizer.ggml.tokens", tokens).integers("tokenizer.ggml.token_type", kinds);
  }

  private static int kind(TokenizerJson.Token token) {
    return switch (token.origin()) {
      case VOCABULARY -> NORMAL;
      case SPECIAL -> CONTROL;
      case ADDED -> USER_DEFINED;
    };
  }

  private void addEnds(GgufMetadata metadata, TokenizerJson json) {
    id("bos_token_id").ifPresent(id -> metadata.count("tokenizer.ggml.bos_token_id", id));
    id("eos_token_id").ifPresent(id -> metadata.count("tokenizer.ggml.eos_token_id", id));
    if (json.beginsTexts()) {
      metadata.yes("tokenizer.ggml.add_bos_token");
    } else {
      metadata.no("tokenizer.ggml.add_bos_token");
    }
  }

  /** Some models end with any of several tokens, of which GGUF has the first. */
  private Optional<Integer> id(String key) {
    if (!config.has(key)) {
      return Optional.empty();
    }
    return config.isList(key)
        ? config.ints(key).stream().findFirst()
        : Optional.of(config.requireInt(key));
  }
}

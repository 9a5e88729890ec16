package io.gramian.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerJsonTest {

  private static final String DIGITS = "\\\\p{N}{1,3}|";

  /** As in the files of Llama 3 and, with DIGITS' count taken out, of Qwen2. */
  private static final String WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|"
          + DIGITS
          + " ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+";

  private static final String BYTES =
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": %s}";

  @TempDir private Path folder;

  private TokenizerJson read(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);
    return TokenizerJson.read(LocalDirectory.of(folder), "tokenizer.json");
  }

  private TokenizerJson split(String words, boolean wholeWords, String normalizer)
      throws IOException {
    return read(
        """
        {"model": {"type": "BPE", "ignore_merges": %s}, "normalizer": %s, "pre_tokenizer":
        {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "%s"}}, %s]}}
        """
            .formatted(wholeWords, normalizer, words, BYTES.formatted("false")));
  }

  @Test
  void rulesThatHaveNames() throws IOException {
    String nfc = "{\"type\": \"NFC\"}";
    String digitByDigit = WORDS.replace("{1,3}", "");
    assertThat(split(WORDS, true, "null").wordRule()).contains("llama-bpe");
    assertThat(split(digitByDigit, false, nfc).wordRule()).contains("qwen2");
    assertThat(split(WORDS, false, "null").wordRule()).isEmpty();
    assertThat(split(WORDS, true, nfc).wordRule()).isEmpty();
    assertThat(split("\\\\s+", false, "null").wordRule()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"BPE, true, true", "BPE, false, false", "Unigram, true, false"})
  void theOldestRule(String type, boolean splits, boolean known) throws IOException {
    TokenizerJson json =
        read(
            "{\"model\": {\"type\": \"%s\"}, \"pre_tokenizer\": %s}"
                .formatted(type, BYTES.formatted(splits)));
    assertThat(json.wordRule().isPresent()).isEqualTo(known);
  }

  @Test
  void tokensAndMerges() throws IOException {
    TokenizerJson json =
        read(
            """
            {"model": {"vocab": {"a": 0, "b": 1, "<s>": 3}, "merges": ["a b", ["b", "a"]]},
            "added_tokens": [{"id": 3, "content": "<s>", "special": true},
            {"id": 4, "content": "<tool>", "special": false}],
            "post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"},
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}]}]}}
            """);
    assertThat(json.token(1)).contains(token("b", TokenizerJson.Origin.VOCABULARY));
    assertThat(json.token(2)).isEmpty();
    assertThat(json.token(3)).contains(token("<s>", TokenizerJson.Origin.SPECIAL));
    assertThat(json.token(4)).contains(token("<tool>", TokenizerJson.Origin.ADDED));
    assertThat(json.merges()).containsExactly("a b", "b a");
    assertThat(json.beginsTexts()).isTrue();
    assertThat(read("{\"post_processor\": null}").beginsTexts()).isFalse();
  }

  private static TokenizerJson.Token token(String text, TokenizerJson.Origin origin) {
    return new TokenizerJson.Token(text, origin);
  }

  @Test
  void brokenFile() {
    assertThatThrownBy(() -> read("{"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(folder + "/tokenizer.json: not valid JSON: ");
  }
}

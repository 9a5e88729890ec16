package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An IT because it loads the native tokenizer. */
class ModelTokenizerIT {

  @TempDir private Path model;

  @Test
  void encodesWithoutTruncationPaddingOrSpecialTokens() throws IOException {
    write("config.json", "{\"vocab_size\": 4096, \"bos_token_id\": 0}");
    write(
        "tokenizer.json",
        sample("tokenizer.json")
            .replaceFirst(
                "\"truncation\": null",
                """
                "truncation": {"direction": "Right", "max_length": 8,
                  "strategy": "LongestFirst", "stride": 0}""")
            .replaceFirst(
                "\"padding\": null",
                """
                "padding": {"strategy": {"Fixed": 9000}, "direction": "Right",
                  "pad_to_multiple_of": null, "pad_id": 0, "pad_type_id": 0, "pad_token": "x"}""")
            .replaceFirst(
                "\"post_processor\": null",
                """
                "post_processor": {"type": "TemplateProcessing",
                  "single": [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}}],
                  "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                    {"Sequence": {"id": "B", "type_id": 1}}],
                  "special_tokens": {"<|endoftext|>":
                    {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}}}"""));

    HuggingFaceTokenizer tokenizer = ExecutorTokenizers.get(load());

    long[] ids = tokenizer.encode("the ".repeat(3000).strip(), false, false).getIds();
    assertThat(ids).hasSize(3000).doesNotContain(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"vocab_size\": 9, \"bos_token_id\": 1, \"eos_token_id\": 2} | 1",
        "{\"vocab_size\": 9, \"bos_token_id\": null, \"eos_token_id\": 2} | 2",
        "{\"vocab_size\": 9, \"eos_token_id\": [3, 4]} | 3",
        "{\"vocab_size\": 9, \"eos_token_id\": []} | -1",
        "{\"vocab_size\": 9, \"dt_max\": Infinity} | -1"
      })
  void oneTokenOrNoneStandsBeforeADocument(String config, int expected) throws IOException {
    write("config.json", config);
    write("tokenizer.json", sample("tokenizer.json"));

    int[] none = {};
    assertThat(load().prefix()).isEqualTo(expected < 0 ? none : new int[] {expected});
  }

  @Test
  void aMissingTokenizerIsNamed() throws IOException {
    write("config.json", "{\"vocab_size\": 9}");

    assertThatThrownBy(this::load)
        .isInstanceOf(UserException.class)
        .hasMessage(
            model + ": no tokenizer.json there; a model's folder must hold it beside config.json");
  }

  @Test
  void aMissingModelIsNamed() {
    assertThatThrownBy(() -> ModelTokenizer.load(Sample.directory(model.resolve("none"))))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(model + "/none: no config.json there");
  }

  @Test
  void anUnreadableTokenizerIsNamed() throws IOException {
    write("config.json", "{\"vocab_size\": 9}");
    for (String broken : new String[] {"{", "{}", "", "{\"model\": {\"type\": \"Nonsense\"}}"}) {
      write("tokenizer.json", broken);
      assertThatThrownBy(this::load)
          .as(broken)
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith(
              model + "/tokenizer.json cannot be read as a Hugging Face tokenizer: ")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void aPrefixOutsideTheVocabularyIsNamed() throws IOException {
    write("config.json", "{\"vocab_size\": 9, \"bos_token_id\": 9}");
    write("tokenizer.json", sample("tokenizer.json"));

    assertThatThrownBy(this::load)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            model + "/config.json: token id 9 is outside the model's vocabulary of 9 tokens");
  }

  @Test
  void aJvmKeepsFewTokenizersAndSharesThem() throws IOException {
    write("config.json", "{\"vocab_size\": 4096}");
    for (int i = 0; i < 4; i++) {
      write("tokenizer.json", sample("tokenizer.json") + " ".repeat(i));
      ModelTokenizer tokenizer = load();
      assertThat(ExecutorTokenizers.get(tokenizer)).isSameAs(ExecutorTokenizers.get(load()));
      assertThat(ExecutorTokenizers.loaded()).isBetween(1, 2);
    }
  }

  private ModelTokenizer load() throws IOException {
    return ModelTokenizer.load(Sample.directory(model));
  }

  private static String sample(String file) throws IOException {
    return Files.readString(Sample.MODEL.resolve(file), StandardCharsets.UTF_8);
  }

  private void write(String file, String text) throws IOException {
    ReadDocuments.write(model.resolve(file), text);
  }
}

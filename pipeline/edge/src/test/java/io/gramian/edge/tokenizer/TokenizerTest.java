package io.gramian.edge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gramian.checkpoint.LocalDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

  private static final long SEED = 7;
  private static final int END_OF_TEXT = 0;
  private static final int BEGIN_OF_TEXT = 4096;
  private static final int END_OF_TURN = 4098;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource("byteLevelKinds")
  void bytesGiveBackEveryText(String kind, String json) {
    Tokenizer tokenizer = TinyTokenizers.read(folder, withoutSpecialTokens(json));
    for (String text : Texts.AWKWARD) {
      assertThat(tokenizer.decode(tokenizer.encodePlain(text))).isEqualTo(text);
    }
    for (String text : Texts.random(SEED, 200)) {
      assertThat(tokenizer.decode(tokenizer.encodePlain(text))).as("seed %d", SEED).isEqualTo(text);
    }
  }

  @Test
  void templateSurroundsTheText() {
    Tokenizer llama3 = TinyTokenizers.read(folder, TinyTokenizers.llama3().toString());
    int[] plain = llama3.encodePlain("the end");

    assertThat(plain).doesNotContain(BEGIN_OF_TEXT).hasSize(2);
    assertThat(llama3.encode("the end")).containsExactly(BEGIN_OF_TEXT, plain[0], plain[1]);
    assertThat(llama3.encode("")).containsExactly(BEGIN_OF_TEXT);
    assertThat(llama3.encodePlain("")).isEmpty();
    assertThat(llama3.size()).isEqualTo(4099);
  }

  @Test
  void specialTokensAreReadFromTheTextAndLeftOutOfIt() {
    Tokenizer llama3 = TinyTokenizers.read(folder, TinyTokenizers.llama3().toString());
    int[] ids = llama3.encodePlain("a<|eot_id|>b");

    assertThat(ids).hasSize(3).contains(END_OF_TURN);
    assertThat(llama3.decode(ids)).isEqualTo("ab");
  }

  @ParameterizedTest
  @CsvSource({"x\uD800y", "\uDC00", "\uD83Dtext\uDE00", "\uDE00\uD83D"})
  void unpairedSurrogatesCountAsReplacementCharacters(String text) {
    Tokenizer tokenizer = TinyTokenizers.read(folder, TinyTokenizers.sample().toString());
    String mended = text.replace('\uD800', '\uFFFD').replace('\uDC00', '\uFFFD');
    mended = mended.replace('\uD83D', '\uFFFD').replace('\uDE00', '\uFFFD');

    assertThat(tokenizer.encodePlain(text)).isEqualTo(tokenizer.encodePlain(mended));
    assertThat(tokenizer.decode(tokenizer.encodePlain(text))).isEqualTo(mended);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\n", "1", "!", "'s", "中", " x"})
  void longRunsNeedNoDeepStack(String unit) {
    String text = unit.repeat(200_000);
    for (String json :
        List.of(TinyTokenizers.llama3().toString(), TinyTokenizers.llama2().toString())) {
      Tokenizer tokenizer = TinyTokenizers.read(folder, json);
      assertThat(tokenizer.decode(tokenizer.encodePlain(text)).length())
          .isBetween(text.length() - 1, text.length());
    }
  }

  @Test
  void localeDoesNotMatter() {
    assertThat(Locale.getDefault().getLanguage()).isEqualTo("tr");
    String json = TinyTokenizers.normalized("{'type':'Lowercase'}", lines());
    Tokenizer tokenizer = TinyTokenizers.read(folder, json);

    assertThat(tokenizer.decode(tokenizer.encodePlain("TITLE I"))).isEqualTo("title i");
  }

  @Test
  void idsWithoutTokenDecodeToNothing() {
    ObjectNode root = TinyTokenizers.sample();
    TinyTokenizers.addToken(root, "<far>", "'special':false,'normalized':false");
    ((ObjectNode) root.at("/added_tokens/1")).put("id", 5000);
    Tokenizer tokenizer = TinyTokenizers.read(folder, root.toString());

    assertThat(tokenizer.size()).isEqualTo(5001);
    assertThat(tokenizer.encodePlain("<far>")).containsExactly(5000);
    assertThat(tokenizer.decode(new int[] {4500, 5000})).isEqualTo("<far>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"eos_token_id\": 0}        | {\"eos_token_id\": 2} | 0",
        "{\"eos_token_id\": [9, 2]}   | {\"eos_token_id\": 0} | 2 9",
        "{\"eos_token_id\": null}     | {\"eos_token_id\": 7} | 7",
        "{}                           | {}                    | ''",
        "                             | {\"eos_token_id\": [4095]} | 4095",
        "                             |                       | ''",
      })
  void endTokensAreThoseOfGenerationElseOfTheModel(String generation, String config, String ends)
      throws IOException {
    if (generation != null) {
      Files.writeString(folder.resolve("generation_config.json"), generation);
    }
    if (config != null) {
      Files.writeString(folder.resolve("config.json"), config);
    }
    Tokenizer tokenizer = TinyTokenizers.read(folder, TinyTokenizers.sample().toString());

    List<String> found =
        IntStream.range(-1, tokenizer.size())
            .filter(tokenizer::isEnd)
            .mapToObj(Integer::toString)
            .toList();
    assertThat(String.join(" ", found)).isEqualTo(ends);
  }

  @Test
  void threadsShareIt() {
    Tokenizer tokenizer = Tokenizer.read(sampleFolder());
    List<String> lines = Texts.lines("public-domain.valid.jsonl");
    List<int[]> alone = lines.stream().map(tokenizer::encode).toList();

    for (int round = 0; round < 4; round++) {
      List<int[]> together =
          lines.parallelStream().map(Tokenizer.read(sampleFolder())::encode).toList();
      assertThat(together).usingRecursiveComparison().isEqualTo(alone);
    }
  }

  @Test
  void readsTheSampleModel() {
    Tokenizer tokenizer = Tokenizer.read(sampleFolder());

    assertThat(tokenizer.size()).isEqualTo(4096);
    assertThat(tokenizer.isEnd(END_OF_TEXT)).isTrue();
    assertThat(tokenizer.isEnd(1)).isFalse();
  }

  static Stream<Arguments> byteLevelKinds() {
    return TinyTokenizers.byteLevel().entrySet().stream()
        .map(kind -> Arguments.of(kind.getKey(), kind.getValue()));
  }

  private static LocalDirectory sampleFolder() {
    return LocalDirectory.of(TinyTokenizers.SAMPLE.resolve("llama-tiny"));
  }

  private static String lines() {
    return TinyTokenizers.split("\\n", "Isolated", false);
  }

  /** Special tokens in the text are left out of the decoded text. */
  private static String withoutSpecialTokens(String json) {
    ObjectNode root = (ObjectNode) TinyTokenizers.json(json);
    root.putArray("added_tokens");
    return root.toString();
  }
}

package io.gramian.edge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the reference library; an IT because that is native. */
class TokenizerOracleIT {

  private static final Map<String, String> PLAIN =
      Map.of("truncation", "false", "padding", "false");

  private static final long SEED = 20261;
  private static final int RANDOM_TEXTS = 300;

  @TempDir private Path folder;

  @BeforeAll
  static void staySilent() {
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void encodesAndDecodesAwkwardAndRandomTexts(String kind, String json) throws IOException {
    Tokenizer tokenizer = TinyTokenizers.read(folder, json);
    try (HuggingFaceTokenizer oracle = oracle(json)) {
      for (String text : Texts.AWKWARD) {
        compare(tokenizer, oracle, text);
      }
      for (String text : Texts.random(SEED, RANDOM_TEXTS)) {
        compare(tokenizer, oracle, text);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void decodesRandomIds(String kind, String json) throws IOException {
    Tokenizer tokenizer = TinyTokenizers.read(folder, json);
    SplittableRandom random = new SplittableRandom(SEED);
    try (HuggingFaceTokenizer oracle = oracle(json)) {
      for (int i = 0; i < RANDOM_TEXTS; i++) {
        // The low ids are those of single bytes, so that many sequences are no UTF-8.
        int bound = i % 2 == 0 ? 300 : tokenizer.size();
        int[] ids = random.ints(random.nextInt(20), 0, bound).toArray();
        assertThat(tokenizer.decode(ids))
            .as("seed %d, ids %s", SEED, Arrays.toString(ids))
            .isEqualTo(oracle.decode(longs(ids), true));
      }
    }
  }

  @Test
  void agreesOnEveryLineOfTheSampleText() throws IOException {
    String json = TinyTokenizers.sample().toString();
    Tokenizer tokenizer = TinyTokenizers.read(folder, json);
    try (HuggingFaceTokenizer oracle = oracle(json)) {
      for (String line : Texts.lines("public-domain.train.jsonl")) {
        compare(tokenizer, oracle, line);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void agreesOnValidationText(String kind, String json) throws IOException {
    Tokenizer tokenizer = TinyTokenizers.read(folder, json);
    List<String> lines = Texts.lines("public-domain.valid.jsonl");
    try (HuggingFaceTokenizer oracle = oracle(json)) {
      for (String line : lines) {
        compare(tokenizer, oracle, line);
      }
      compare(tokenizer, oracle, String.join("\n", lines));
    }
  }

  static Stream<Arguments> kinds() {
    return Stream.of(TinyTokenizers.byteLevel(), TinyTokenizers.others())
        .flatMap(kinds -> kinds.entrySet().stream())
        .map(kind -> Arguments.of(kind.getKey(), kind.getValue()));
  }

  private static void compare(Tokenizer tokenizer, HuggingFaceTokenizer oracle, String text) {
    long[] expected = oracle.encode(text, false, false).getIds();
    int[] ids = tokenizer.encodePlain(text);
    assertThat(longs(ids)).as("ids of \"%s\"", text).isEqualTo(expected);
    assertThat(longs(tokenizer.encode(text)))
        .as("ids with the template's of \"%s\"", text)
        .isEqualTo(oracle.encode(text, true, false).getIds());
    assertThat(tokenizer.decode(ids))
        .as("decoded \"%s\"", text)
        .isEqualTo(oracle.decode(expected, true));
  }

  private static HuggingFaceTokenizer oracle(String json) throws IOException {
    return HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), PLAIN);
  }

  private static long[] longs(int[] ids) {
    return Arrays.stream(ids).asLongStream().toArray();
  }
}

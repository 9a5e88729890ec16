package io.gramian.edge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokenStreamTest {

  private static final long SEED = 11;
  private static final int FIRST_BYTE = 3;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void piecesAddUpToTheDecodedText(String kind, String json) {
    Tokenizer tokenizer = TinyTokenizers.read(folder, json);
    for (String text : Texts.random(SEED, 200)) {
      int[] ids = tokenizer.encode(text);
      assertThat(streamed(tokenizer, ids)).as("seed %d", SEED).isEqualTo(tokenizer.decode(ids));
    }
    for (String text : Texts.AWKWARD) {
      int[] ids = tokenizer.encode(text);
      assertThat(streamed(tokenizer, ids)).isEqualTo(tokenizer.decode(ids));
    }
  }

  @Test
  void piecesOfRandomBytesAddUpToo() {
    Tokenizer tokenizer = TinyTokenizers.read(folder, TinyTokenizers.sample().toString());
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 500; i++) {
      int[] ids = random.ints(30, 0, 257).toArray();
      assertThat(streamed(tokenizer, ids))
          .as("seed %d, ids %s", SEED, Arrays.toString(ids))
          .isEqualTo(tokenizer.decode(ids));
    }
  }

  @Test
  void holdsBackACharacterUntilItsLastByte() {
    Tokenizer tokenizer = TinyTokenizers.read(folder, TinyTokenizers.sample().toString());
    int[] ids = tokenizer.encodePlain("😀");
    assertThat(ids).hasSizeGreaterThan(1);

    TokenStream stream = tokenizer.stream();
    for (int i = 0; i < ids.length - 1; i++) {
      assertThat(stream.next(ids[i])).isEmpty();
    }
    assertThat(stream.next(ids[ids.length - 1])).isEqualTo("😀");
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void aTextThatEndsWithinACharacterEndsWithAReplacement() {
    Tokenizer tokenizer = TinyTokenizers.read(folder, TinyTokenizers.sample().toString());
    int[] ids = tokenizer.encodePlain("😀");

    TokenStream stream = tokenizer.stream();
    assertThat(stream.next(ids[0])).isEmpty();
    assertThat(stream.finish()).isEqualTo("\uFFFD");
  }

  @Test
  void specialTokensGiveNothing() {
    Tokenizer tokenizer = TinyTokenizers.read(folder, TinyTokenizers.sample().toString());
    assertThat(tokenizer.stream().next(0)).isEmpty();
  }

  @Test
  void byteTokensGiveEachCharacterAtOnce() {
    Tokenizer llama2 = TinyTokenizers.read(folder, TinyTokenizers.llama2().toString());
    TokenStream stream = llama2.stream();
    StringBuilder text = new StringBuilder();
    for (byte value : "\n😀ж".getBytes(StandardCharsets.UTF_8)) {
      text.append(stream.next(FIRST_BYTE + (value & 0xFF))).append('|');
    }
    assertThat(text).hasToString("\n||||😀||ж|");
  }

  @Test
  void byteTokensThatAreNoUtf8AreReplacedAsSoonAsThatIsCertain() {
    Tokenizer llama2 = TinyTokenizers.read(folder, TinyTokenizers.llama2().toString());
    TokenStream stream = llama2.stream();

    assertThat(stream.next(FIRST_BYTE + 'a')).isEqualTo("a");
    assertThat(stream.next(FIRST_BYTE + 0xE4)).isEmpty();
    assertThat(stream.next(FIRST_BYTE + 'b')).isEqualTo("\uFFFD\uFFFD");
    assertThat(stream.next(FIRST_BYTE + 0xFF)).isEqualTo("\uFFFD");
    assertThat(stream.next(FIRST_BYTE + 0xC3)).isEmpty();
    assertThat(stream.finish()).isEqualTo("\uFFFD");
    int[] row = {FIRST_BYTE + 'a', FIRST_BYTE + 0xE4, FIRST_BYTE + 'b'};
    assertThat(llama2.decode(row)).isEqualTo("\uFFFD\uFFFD\uFFFD");
  }

  @Test
  void onlyTheFirstSpaceIsStripped() {
    Tokenizer llama2 = TinyTokenizers.read(folder, TinyTokenizers.llama2().toString());
    TokenStream stream = llama2.stream();
    int[] ids = llama2.encodePlain("the the");

    assertThat(stream.next(ids[0])).isEqualTo("the");
    assertThat(stream.next(ids[1])).isEqualTo(" the");
  }

  static Stream<Arguments> kinds() {
    return Stream.of(TinyTokenizers.byteLevel(), TinyTokenizers.others())
        .flatMap(kinds -> kinds.entrySet().stream())
        .map(kind -> Arguments.of(kind.getKey(), kind.getValue()));
  }

  private static String streamed(Tokenizer tokenizer, int[] ids) {
    TokenStream stream = tokenizer.stream();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(stream.next(id));
    }
    return text.append(stream.finish()).toString();
  }
}

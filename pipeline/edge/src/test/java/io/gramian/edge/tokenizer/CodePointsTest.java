package io.gramian.edge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CodePointsTest {

  @Test
  void propertiesAreThoseOfUnicode() {
    Pattern space = Pattern.compile("\\p{IsWhite_Space}");
    Pattern word = Pattern.compile("\\w", Pattern.UNICODE_CHARACTER_CLASS);
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      String text = Character.toString(codePoint);
      assertThat(CodePoints.isWhiteSpace(codePoint)).isEqualTo(space.matcher(text).matches());
      assertThat(CodePoints.isWord(codePoint)).isEqualTo(word.matcher(text).matches());
    }
  }

  @Test
  void aWellFormedTextIsLeftAlone() {
    String text = "x😀\uFFFD";
    assertThat(CodePoints.wellFormed(text)).isSameAs(text);
    assertThat(CodePoints.wellFormed("\uD83D😀\uDE00")).isEqualTo("\uFFFD😀\uFFFD");
  }
}

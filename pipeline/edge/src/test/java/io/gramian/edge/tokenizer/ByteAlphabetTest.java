package io.gramian.edge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteAlphabetTest {

  @Test
  void spellsBytesAsGpt2Does() {
    assertThat(ByteAlphabet.spell("a b\n\té")).isEqualTo("aĠbĊĉÃ©");
    assertThat(ByteAlphabet.spell("\u0000\u007F\u00AD")).isEqualTo("ĀġÂŃ");
  }

  @Test
  void tokensThatSpellNoBytesStandForThemselves() {
    Utf8Buffer bytes = Utf8Buffer.lenient();
    ByteAlphabet.addBytes("Ġ ", bytes);
    assertThat(bytes.takeAll()).isEqualTo("Ġ ");
    ByteAlphabet.addBytes("ĠÃ", bytes);
    assertThat(bytes.takeWhole()).isEqualTo(" ");
    ByteAlphabet.addBytes("©", bytes);
    assertThat(bytes.takeWhole()).isEqualTo("é");
  }

  @Test
  void byteTokensAreSpelledInHexadecimal() {
    for (int value = 0; value < 256; value++) {
      assertThat(ByteToken.value(ByteToken.of(value))).isEqualTo(value);
    }
    assertThat(ByteToken.of(0x0A)).isEqualTo("<0x0A>");
    assertThat(ByteToken.value("<0x8f>")).isEqualTo(0x8F);
    for (String none : new String[] {"<0x0G>", "<0x0A", "0x0A", "<0x0A >", "<0x٣٤>"}) {
      assertThat(ByteToken.value(none)).isEqualTo(ByteToken.NONE);
    }
  }
}

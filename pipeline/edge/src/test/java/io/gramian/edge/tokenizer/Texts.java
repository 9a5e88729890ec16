package io.gramian.edge.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Texts that tokenizers stumble over. */
final class Texts {

  /** No later Unicode version than Java's; a common prefix of the two libraries' data. */
  private static final int[][] BLOCKS = {
    {0x20, 0x7F},
    {0x00, 0x20},
    {0x80, 0x250},
    {0x300, 0x370},
    {0x370, 0x530},
    {0x590, 0x700},
    {0x900, 0xE80},
    {0x1E00, 0x2070},
    {0x2070, 0x2C00},
    {0x3000, 0x3100},
    {0x4E00, 0x9FA0},
    {0xAC00, 0xD7A0},
    {0xF900, 0xFFF0},
    {0x1D400, 0x1D800},
    {0x1F300, 0x1FA00},
    {0x20000, 0x20100}
  };

  static final List<String> AWKWARD =
      List.of(
          "",
          " ",
          "    ",
          " \t \t\t",
          "\n",
          "\r\n\r\n \n\t x \r y \n",
          "line\r\n  indented\r\n\r\nend ",
          "0 1 12 123 1234 12345 1234567890 ٣٤٥ Ⅷ ½ 3.14e-10",
          "I'm you're we've they'll he'd it's can't don't",
          "I'M You'Re WE'VE THEY'll HE'D IT'S CAN'T 'ſ 'S",
          "x's'x 's ''s 'twas ''''",
          "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇨🇭 ☎️ 1️⃣",
          "e\u0301 é a\u0308\u0323 ñ n\u0303 \u0301 ﬁ ﬀ Å Å \u1E9B\u0323",
          "中文字符。日本語テキスト、한국어 텍스트！",
          "مرحبا بالعالم، كيف حالك؟ שלום עולם",
          "नमस्ते दुनिया สวัสดีชาวโลก",
          "a\u00A0b\u2003c\u3000d\u200Be\u2028f\u0085g\u001Ch\u180Ei",
          "ſtraße İstanbul ıI ΣΑΣ ς ǅ ẞ",
          "<|endoftext|>",
          "a<|endoftext|>b <|endoftext|> c",
          "<|endoftext|><|endoftext|>",
          "<|begin_of_text|>hi<|eot_id|> <|eot",
          "<s>x</s> <unk> <s> y",
          "a  <mask>  b <end>  c  <both>  d<both><both> <mask><end> ",
          "word Word words Wordy wordy WORD-word word\u0301 _word (word) éword é e\u0301",
          "x<sep>y <sep> z",
          "▁a ▁ ▁▁b c▁d \u2581",
          "  two  spaces   three    four     ",
          "tabs\tand\u000Bvertical\fform",
          "!!! ??? ... -- ((())) [x] {y} <z> @#$%^&*",
          "https://example.org/a?b=c&d=%20#e  user@example.org",
          "def f(x):\n    return x ** 2  # square\n\n\n\tif x:\n",
          "CamelCaseWord snake_case_word SCREAMING mixedUPPERlower ÀÉÎõü",
          "\u0000\u0001\u007F\uFFFD\uFEFF",
          "a".repeat(300),
          "ab ".repeat(100),
          " ".repeat(40) + "x",
          "xaxxbxxx",
          "....a.b..c",
          "U+2029:\u2029 thin:\u2009 zero:\u200C\u200D x\u200Dy");

  private Texts() {}

  /** Random texts of defined characters. */
  static List<String> random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count).mapToObj(i -> random(random)).toList();
  }

  /** The lines of a file of the sample. */
  static List<String> lines(String file) {
    try {
      return Files.readAllLines(TinyTokenizers.SAMPLE.resolve("text").resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String random(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(60);
    int blocks = 1 + random.nextInt(BLOCKS.length);
    while (length-- > 0) {
      int[] block = BLOCKS[random.nextInt(3) == 0 ? 0 : random.nextInt(blocks)];
      int codePoint = random.nextInt(block[0], block[1]);
      if (random.nextInt(5) == 0) {
        text.append(' ');
      } else if (Character.isDefined(codePoint)) {
        text.appendCodePoint(codePoint);
      }
    }
    return text.toString();
  }
}

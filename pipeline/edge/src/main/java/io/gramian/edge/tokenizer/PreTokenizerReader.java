package io.gramian.edge.tokenizer;

/** Reads the part {@code pre_tokenizer} of {@code tokenizer.json}. */
final class PreTokenizerReader {

  private static final String KNOWN = "ByteLevel, Split, Digits, Metaspace and Sequence";

  /** GPT-2's, which the reference library has built in. */
  private static final TextPattern WORDS =
      TextPattern.of(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

  private static final TextPattern DIGIT = TextPattern.of("\\p{N}");

  private PreTokenizerReader() {}

  static PreTokenizer read(Section section) {
    return switch (section.type()) {
      case "ByteLevel" -> byteLevel(section);
      case "Split" -> split(section);
      case "Digits" -> digits(section);
      case "Metaspace" -> Metaspace.read(section);
      case "Sequence" -> sequence(section);
      default -> throw section.unsupportedType(KNOWN);
    };
  }

  private static PreTokenizer sequence(Section section) {
    PreTokenizer all = whole();
    for (Section step : section.sections("pretokenizers")) {
      all = all.then(read(step));
    }
    return all;
  }

  /** The text as one word. */
  static PreTokenizer whole() {
    return (piece, next) -> next.accept(piece);
  }

  private static PreTokenizer byteLevel(Section section) {
    PreTokenizer words =
        section.flag("use_regex", true)
            ? new Splitter(WORDS, SplitBehavior.ISOLATED, false)
            : whole();
    PreTokenizer bytes =
        words.then((piece, next) -> next.accept(piece.withText(ByteAlphabet.spell(piece.text()))));
    return section.flag("add_prefix_space", true) ? spaced().then(bytes) : bytes;
  }

  private static PreTokenizer spaced() {
    return (piece, next) ->
        next.accept(piece.text().startsWith(" ") ? piece : piece.withText(" " + piece.text()));
  }

  private static PreTokenizer split(Section section) {
    return new Splitter(
        TextPattern.read(section), SplitBehavior.read(section), section.flag("invert", false));
  }

  private static PreTokenizer digits(Section section) {
    boolean single = section.flag("individual_digits", false);
    return new Splitter(DIGIT, single ? SplitBehavior.ISOLATED : SplitBehavior.CONTIGUOUS, false);
  }
}

package io.gramian.edge.tokenizer;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * SentencePiece's spelling of spaces as a visible character, {@code ▁}, of which one also stands
 * before the first word.
 */
final class Metaspace implements PreTokenizer {

  private enum Prepend {
    ALWAYS,
    FIRST,
    NEVER
  }

  private static final String SCHEME = "prepend_scheme";
  private static final String OLD_SCHEME = "add_prefix_space";

  private final String mark;
  private final Prepend prepend;
  private final PreTokenizer words;

  private Metaspace(Section section) {
    mark = section.character("replacement");
    prepend = prepend(section);
    words = section.flag("split", true) ? words(mark) : PreTokenizerReader.whole();
  }

  /** Reads a pre-tokenizer. */
  static Metaspace read(Section section) {
    return new Metaspace(section);
  }

  /**
   * Reads a decoder: the first token loses its marks if one was prepended, others become spaces.
   */
  static DecodeStep.Factory readDecoder(Section section) {
    String mark = section.character("replacement");
    String first = prepend(section) == Prepend.NEVER ? " " : "";
    return () -> new MetaspaceStep(mark, first);
  }

  @Override
  public void split(Piece piece, Consumer<Piece> next) {
    String marked = piece.text().replace(" ", mark);
    boolean wanting = prepend == Prepend.ALWAYS || (prepend == Prepend.FIRST && piece.first());
    words.split(piece.withText(wanting && !marked.startsWith(mark) ? mark + marked : marked), next);
  }

  private static PreTokenizer words(String mark) {
    TextPattern delimiter = TextPattern.of(Pattern.quote(mark));
    return new Splitter(delimiter, SplitBehavior.MERGED_WITH_NEXT, false);
  }

  private static Prepend prepend(Section section) {
    if (!section.flag(OLD_SCHEME, true)) {
      return Prepend.NEVER;
    }
    if (!section.has(SCHEME)) {
      return Prepend.ALWAYS;
    }
    return switch (section.text(SCHEME)) {
      case "always" -> Prepend.ALWAYS;
      case "first" -> Prepend.FIRST;
      case "never" -> Prepend.NEVER;
      default ->
          throw section.wrong(
              SCHEME,
              "is %s, where always, first or never is needed"
                  .formatted(Section.quoted(section.text(SCHEME))));
    };
  }
}

package io.gramian.edge.tokenizer;

import java.util.List;
import java.util.function.UnaryOperator;

/** The way from a text to ids, without those of the template. Threads may share it. */
final class TextEncoder {

  private final AddedTokenSplitter verbatim;
  private final UnaryOperator<String> normalizer;
  private final AddedTokenSplitter normalized;
  private final PreTokenizer words;
  private final BpeModel model;

  /** Reads the parts of the file apart from the model. */
  TextEncoder(Section root, BpeModel model, List<AddedToken> added) {
    this.model = model;
    normalizer =
        root.optional("normalizer").map(NormalizerReader::read).orElseGet(UnaryOperator::identity);
    verbatim =
        new AddedTokenSplitter(
            added.stream().filter(token -> !token.rules().normalized()).toList(),
            UnaryOperator.identity());
    normalized =
        new AddedTokenSplitter(
            added.stream().filter(token -> token.rules().normalized()).toList(), normalizer);
    words =
        root.optional("pre_tokenizer")
            .map(PreTokenizerReader::read)
            .orElseGet(PreTokenizerReader::whole);
  }

  /** The ids of {@code text}. */
  Ids encode(String text) {
    Ids ids = new Ids(text.length() / 4);
    Piece whole = new Piece(CodePoints.wellFormed(text), true);
    verbatim.split(
        whole,
        stretch ->
            normalized.split(
                stretch.withText(normalizer.apply(stretch.text())),
                part -> words.split(part, word -> model.encode(word.text(), ids)),
                ids::add),
        ids::add);
    return ids;
  }
}

package io.gramian.edge.tokenizer;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Cuts added tokens out of a text: the leftmost, of several that begin there the longest. */
final class AddedTokenSplitter {

  private final Map<String, AddedToken> tokens = new LinkedHashMap<>();
  private final Pattern pattern;

  /** For {@code added} tokens in the spelling that {@code normalizer} gives them. */
  AddedTokenSplitter(List<AddedToken> added, UnaryOperator<String> normalizer) {
    // Of two with one spelling the first counts, and special ones come first.
    added.stream()
        .sorted(Comparator.comparing(AddedToken::special).reversed())
        .forEach(token -> tokens.putIfAbsent(normalizer.apply(token.content()), token));
    tokens.remove("");
    pattern = pattern(tokens.keySet());
  }

  /**
   * Hands the stretches of {@code piece} from left to right to {@code texts} and the tokens between
   * to {@code ids}.
   */
  void split(Piece piece, Consumer<Piece> texts, IntConsumer ids) {
    String text = piece.text();
    int done = 0;
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      AddedToken token = tokens.get(matcher.group());
      if (token.rules().word() && isInsideWord(text, matcher)) {
        continue;
      }
      int start = matcher.start();
      if (token.rules().left()) {
        start = Math.max(CodePoints.spaceStart(text, start), done);
      }
      if (done < start) {
        texts.accept(piece.part(done, start));
      }
      ids.accept(token.id());
      done = token.rules().right() ? CodePoints.spaceEnd(text, matcher.end()) : matcher.end();
    }
    if (done < text.length()) {
      texts.accept(piece.part(done, text.length()));
    }
  }

  private static boolean isInsideWord(String text, Matcher match) {
    return (match.start() > 0 && CodePoints.isWord(text.codePointBefore(match.start())))
        || (match.end() < text.length() && CodePoints.isWord(text.codePointAt(match.end())));
  }

  /** An alternative of which the first that matches is the longest; fast where none can begin. */
  private static Pattern pattern(Collection<String> spellings) {
    String starts =
        spellings.stream()
            .mapToInt(spelling -> spelling.codePointAt(0))
            .distinct()
            .mapToObj("\\x{%x}"::formatted)
            .collect(Collectors.joining());
    String alternatives =
        spellings.stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile(
        spellings.isEmpty() ? "(?!)" : "(?=[%s])(?:%s)".formatted(starts, alternatives));
  }
}

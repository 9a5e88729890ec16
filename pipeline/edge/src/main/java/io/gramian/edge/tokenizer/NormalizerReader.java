package io.gramian.edge.tokenizer;

import java.text.Normalizer;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/** Reads the part {@code normalizer} of {@code tokenizer.json}: how a text is spelled. */
final class NormalizerReader {

  private static final String KNOWN =
      "NFC, NFD, NFKC, NFKD, Lowercase, Replace, Prepend, Strip and Sequence";

  private NormalizerReader() {}

  static UnaryOperator<String> read(Section normalizer) {
    return switch (normalizer.type()) {
      case "NFC", "NFD", "NFKC", "NFKD" -> unicode(Normalizer.Form.valueOf(normalizer.type()));
      case "Lowercase" -> NormalizerReader::lowercase;
      case "Replace" -> replace(normalizer);
      case "Prepend" -> prepend(normalizer.text("prepend"));
      case "Strip" -> strip(normalizer);
      case "Sequence" -> sequence(normalizer);
      default -> throw normalizer.unsupportedType(KNOWN);
    };
  }

  private static UnaryOperator<String> sequence(Section normalizer) {
    UnaryOperator<String> all = UnaryOperator.identity();
    for (Section section : normalizer.sections("normalizers")) {
      UnaryOperator<String> before = all;
      UnaryOperator<String> step = read(section);
      all = text -> step.apply(before.apply(text));
    }
    return all;
  }

  private static UnaryOperator<String> unicode(Normalizer.Form form) {
    return text -> Normalizer.normalize(text, form);
  }

  /** Character by character, since the reference library knows no final sigma. */
  private static String lowercase(String text) {
    return text.codePoints()
        .mapToObj(character -> Character.toString(character).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }

  private static UnaryOperator<String> replace(Section normalizer) {
    TextPattern pattern = TextPattern.read(normalizer);
    String content = Matcher.quoteReplacement(normalizer.text("content"));
    return text -> pattern.matcher(text).replaceAll(content);
  }

  private static UnaryOperator<String> prepend(String prefix) {
    return text -> text.isEmpty() ? text : prefix + text;
  }

  private static UnaryOperator<String> strip(Section normalizer) {
    boolean left = normalizer.flag("strip_left", false);
    boolean right = normalizer.flag("strip_right", false);
    return text -> {
      int start = left ? CodePoints.spaceEnd(text, 0) : 0;
      int end = right ? CodePoints.spaceStart(text, text.length()) : text.length();
      return start < end ? text.substring(start, end) : "";
    };
  }
}

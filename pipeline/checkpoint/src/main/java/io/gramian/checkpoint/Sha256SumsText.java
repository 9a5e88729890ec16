package io.gramian.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of {@code SHA256SUMS}, taken apart. Stricter than {@code sha256sum -c}: only what {@link
 * Sha256Sums} itself writes is believed, in whatever order.
 */
final class Sha256SumsText {

  /** Room for ten thousand files; an artifact has a few dozen. */
  private static final long MAXIMUM_BYTES = 1 << 20;

  /** Names are looked at afterwards, so that their message is one of their own. */
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)", Pattern.DOTALL);

  /** What bytes that are not UTF-8 are decoded to. */
  private static final char REPLACEMENT = '\ufffd';

  private final String file;
  private final Map<String, String> digests = new HashMap<>();
  private int line;

  private Sha256SumsText(String file) {
    this.file = file;
  }

  /**
   * Digest by name.
   *
   * @throws UserException for the first line that is damaged
   */
  static Map<String, String> read(Directory directory) throws IOException {
    Sha256SumsText parser = new Sha256SumsText(JsonDocument.nameOf(directory, Sha256Sums.FILE));
    parser.parse(parser.text(directory));
    return parser.digests;
  }

  private String text(Directory directory) throws IOException {
    try (ByteSource source = directory.open(Sha256Sums.FILE)) {
      if (source.size() > MAXIMUM_BYTES) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: %d bytes are too many for a list of checksums, at most %d are read; %s",
                file,
                source.size(),
                MAXIMUM_BYTES,
                Sha256Sums.REMEDY));
      }
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(source.size()));
      source.read(0, bytes);
      return new String(bytes.array(), StandardCharsets.UTF_8);
    }
  }

  private void parse(String text) {
    int start = 0;
    while (start < text.length()) {
      line++;
      int end = text.indexOf('\n', start);
      if (end < 0) {
        throw damaged("has no line feed at its end: the file was cut short");
      }
      add(text.substring(start, end));
      start = end + 1;
    }
    if (line == 0) {
      line = 1;
      throw damaged("is missing: the file is empty");
    }
  }

  private void add(String entry) {
    if (entry.endsWith("\r")) {
      throw damaged("ends in CR LF: the copy took files for text and changed their line ends");
    }
    Matcher matcher = LINE.matcher(entry);
    if (!matcher.matches()) {
      throw damaged("is not 64 digits (0-9, a-f), two spaces and a file name");
    }
    String name = matcher.group(2);
    if (!Sha256Sums.isName(name) || name.indexOf(REPLACEMENT) >= 0) {
      throw damaged("lists '" + RelativeName.printable(name) + "', no file of this folder");
    }
    if (digests.put(name, matcher.group(1)) != null) {
      throw damaged("lists '" + name + "' for the second time");
    }
  }

  private UserException damaged(String how) {
    return new UserException(
        String.format(Locale.ROOT, "%s: line %d %s; %s", file, line, how, Sha256Sums.REMEDY));
  }
}

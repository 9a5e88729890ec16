package io.gramian.checkpoint;

import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code SHA256SUMS}: what the files of a folder must hold, so that a copy can tell that it is
 * whole. A line a file, sorted by name, as {@code sha256sum} writes them and {@code sha256sum -c}
 * reads them: 64 hexadecimal digits, two spaces, the name, a line feed; UTF-8.
 *
 * <p>This finds out accidents and changed files. It is no signature: who changes the list as well
 * goes unnoticed.
 */
public final class Sha256Sums {

  /** The file's name in its folder; it does not list itself. */
  public static final String FILE = "SHA256SUMS";

  /** What those who are refused an artifact can do. */
  static final String REMEDY = "copy the artifact again, or quantize again";

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final SortedMap<String, String> digests;

  private Sha256Sums(SortedMap<String, String> digests) {
    this.digests = digests;
  }

  /**
   * The sums of a folder.
   *
   * @param digests file name to SHA-256 in lower-case hexadecimal digits
   * @throws IllegalArgumentException if there are none, a digest is something else, or a name has a
   *     path separator, a control character or {@code ..}
   */
  public static Sha256Sums of(Map<String, String> digests) {
    if (digests.isEmpty()) {
      throw new IllegalArgumentException("no files");
    }
    digests.forEach(Sha256Sums::require);
    return new Sha256Sums(Collections.unmodifiableSortedMap(new TreeMap<>(digests)));
  }

  private static void require(String name, String digest) {
    if (!isName(name) || !DIGEST.matcher(digest).matches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "'%s' with SHA-256 '%s'", RelativeName.printable(name), digest));
    }
  }

  /** Whether a file of that name can be listed: it lies in the same folder. */
  static boolean isName(String name) {
    return RelativeName.isSinglePart(name) && !name.equals(FILE);
  }

  /**
   * Reads the list of {@code directory}; empty if it has none.
   *
   * @throws UserException naming the line, if the file is damaged. Line ends of CR LF are damage:
   *     who changed them took the artifact for text
   */
  public static Optional<Sha256Sums> read(Directory directory) {
    try {
      return directory.exists(FILE)
          ? Optional.of(of(Sha256SumsText.read(directory)))
          : Optional.empty();
    } catch (IOException e) {
      throw JsonDocument.unreadable(JsonDocument.nameOf(directory, FILE), e);
    }
  }

  /** Writes the list; it replaces an older one at once or not at all. */
  public void write(Directory directory) throws IOException {
    StringBuilder text = new StringBuilder();
    digests.forEach((name, digest) -> text.append(digest).append("  ").append(name).append('\n'));
    TextFile.write(directory, FILE, text.toString());
  }

  /** File name to SHA-256, sorted by name. */
  public SortedMap<String, String> digests() {
    return digests;
  }

  /**
   * Checks that the files of {@code folder} are these, reading all of them. What is listed must be
   * there and have its digest; safetensors, {@code config.json}, {@code gramian.json} and the index
   * must be listed. Other files that are not listed do not matter.
   *
   * @throws UserException for the first that is missing, unlisted, unreadable or changed, in this
   *     order, naming it
   */
  public void verify(Directory folder) {
    new Sha256SumsCheck(folder, digests).run();
  }
}

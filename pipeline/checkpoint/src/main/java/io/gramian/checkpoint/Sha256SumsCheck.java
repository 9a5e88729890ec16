package io.gramian.checkpoint;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * Whether the files of a folder are the listed ones. What costs nothing is looked at before
 * gigabytes are read.
 *
 * @param digests file name to SHA-256
 */
record Sha256SumsCheck(Directory folder, SortedMap<String, String> digests) {

  /** Digits that tell digests apart. */
  private static final int BRIEF = 12;

  /**
   * What a loader reads if it is there, so that it must not be there unlisted: a {@code
   * model.safetensors} would count instead of the shards beside it.
   */
  private static final Pattern LOADED =
      Pattern.compile(
          "model.*\\.safetensors|model\\.safetensors\\.index\\.json|config\\.json|gramian\\.json");

  /**
   * Looks at all of them.
   *
   * @throws UserException for the first that is missing, unlisted, unreadable or changed
   */
  void run() {
    try {
      for (String name : digests.keySet()) {
        requireThere(name);
      }
      folder.list().forEach(this::requireListed);
    } catch (IOException e) {
      throw JsonDocument.unreadable(folder.name(), e);
    }
    digests.forEach(this::requireSame);
  }

  private void requireThere(String name) throws IOException {
    try {
      if (!folder.exists(name)) {
        throw missing(name);
      }
    } catch (InvalidPathException e) {
      // Beyond ASCII, which names there can be depends on the locale.
      throw refused(name, "listed in SHA256SUMS, but no file name in this system's locale");
    }
  }

  private void requireListed(String name) {
    if (LOADED.matcher(name).matches() && !digests.containsKey(name)) {
      throw refused(
          name, "not listed in SHA256SUMS: it is of another artifact, or the list was cut short");
    }
  }

  private void requireSame(String name, String digest) {
    Checksum found = checksum(name);
    if (!found.sha256().equals(digest)) {
      throw refused(
          name,
          String.format(
              Locale.ROOT,
              "its %d bytes have SHA-256 %s..., but SHA256SUMS says %s...: the file was cut short"
                  + " or changed",
              found.bytes(),
              found.sha256().substring(0, BRIEF),
              digest.substring(0, BRIEF)));
    }
  }

  private Checksum checksum(String name) {
    try {
      return Checksum.of(folder, name);
    } catch (NoSuchFileException e) {
      throw missing(name);
    } catch (IOException e) {
      throw JsonDocument.unreadable(JsonDocument.nameOf(folder, name), e);
    }
  }

  private UserException missing(String name) {
    return refused(name, "missing, but listed in SHA256SUMS");
  }

  private UserException refused(String name, String why) {
    return new UserException(
        JsonDocument.nameOf(folder, RelativeName.printable(name))
            + ": "
            + why
            + "; "
            + Sha256Sums.REMEDY);
  }
}

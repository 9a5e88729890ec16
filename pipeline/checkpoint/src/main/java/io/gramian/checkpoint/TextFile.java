package io.gramian.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Small files of UTF-8 text, each of which appears whole or not at all ({@link PendingFile}). */
public final class TextFile {

  private TextFile() {}

  /**
   * All that {@code file} holds.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   */
  public static String read(Directory directory, String file) throws IOException {
    try (InputStream in = directory.read(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The same; empty if there is no such file. */
  public static String readOrEmpty(Directory directory, String file) throws IOException {
    return directory.exists(file) ? read(directory, file) : "";
  }

  /** Writes {@code text} and nothing else; it replaces an older file at once. */
  public static void write(Directory directory, String file, String text) throws IOException {
    write(PendingFile.create(directory, file), text);
  }

  /** The same for tasks, as {@link PendingFile#create(Directory, String, String)}. */
  public static void write(Directory directory, String file, String text, String attempt)
      throws IOException {
    write(PendingFile.create(directory, file, attempt), text);
  }

  private static void write(PendingFile created, String text) throws IOException {
    try (PendingFile pending = created) {
      pending.stream().write(text.getBytes(StandardCharsets.UTF_8));
      pending.commit();
    }
  }
}

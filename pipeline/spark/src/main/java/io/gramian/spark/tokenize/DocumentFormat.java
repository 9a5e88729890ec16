package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.util.Locale;

/** What a corpus file holds, told by its extension. */
enum DocumentFormat {
  /** One document a file. */
  TEXT(".+\\.(txt|text)(\\.gz)?"),
  /** One JSON object a line, one document each. */
  JSON_LINES(".+\\.(json|jsonl)(\\.gz)?"),
  /** One document a row. */
  PARQUET(".+\\.parquet");

  private final String names;

  /**
   * @param names pattern of the file names, in lower case
   */
  DocumentFormat(String names) {
    this.names = names;
  }

  /**
   * The format of a file.
   *
   * @throws UserException if its extension is none of ours; Parquet compresses its own pages, so
   *     {@code .parquet.gz} is none
   */
  static DocumentFormat of(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    for (DocumentFormat format : values()) {
      if (name.matches(format.names)) {
        return format;
      }
    }
    throw new UserException(
        file
            + ": unknown extension; text is read from .txt and .text (one document a file), .json"
            + " and .jsonl (one object a line), each also with .gz, and .parquet (one document a"
            + " row). Pass a pattern such as 'folder/*.jsonl' to leave other files out");
  }

  static boolean isCompressed(String file) {
    return file.toLowerCase(Locale.ROOT).endsWith(".gz");
  }

  /** Whether tasks may read parts of such a file. */
  boolean canSplit(String file) {
    return this != TEXT && !isCompressed(file);
  }
}

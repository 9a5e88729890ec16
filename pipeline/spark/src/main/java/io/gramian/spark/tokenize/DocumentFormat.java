package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.util.List;
import java.util.Locale;

/** What a corpus file holds, told by its extension. */
enum DocumentFormat {
  /** One document a file. */
  TEXT(List.of(".txt", ".text")),
  /** One JSON object a line, one document each. */
  JSON_LINES(List.of(".json", ".jsonl")),
  /** One document a row. */
  PARQUET(List.of(".parquet"));

  private static final String GZIP = ".gz";

  private final List<String> extensions;

  DocumentFormat(List<String> extensions) {
    this.extensions = extensions;
  }

  /**
   * The format of a file.
   *
   * @throws UserException if its extension is none of ours; Parquet compresses its own pages, so
   *     {@code .parquet.gz} is none
   */
  static DocumentFormat of(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    String plain = isCompressed(file) ? name.substring(0, name.length() - GZIP.length()) : name;
    for (DocumentFormat format : values()) {
      boolean packed = isCompressed(file) && format == PARQUET;
      if (!packed && format.extensions.stream().anyMatch(plain::endsWith)) {
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
    return file.toLowerCase(Locale.ROOT).endsWith(GZIP);
  }

  /** Whether tasks may read parts of such a file. */
  boolean canSplit(String file) {
    return this != TEXT && !isCompressed(file);
  }
}

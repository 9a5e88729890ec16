package io.gramian.spark.tokenize;

import java.io.Closeable;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * Steps through the documents of one split.
 *
 * <p>Opening and stepping throw {@link io.gramian.checkpoint.UserException} for files that are not
 * what they should be, and {@link IOException} for storage that fails.
 */
interface DocumentReader extends Closeable {

  /** Moves to the next document; false at the end. */
  boolean advance() throws IOException;

  /** Text of the current document; empty where there is nothing to tokenise. */
  String text();

  /** The current document's file and place in it, for messages. */
  String where();

  /** How much of the split has been read, from 0 to 1. */
  float progress() throws IOException;

  /**
   * Opens a split.
   *
   * @param column which field of a JSON object, or column of a Parquet file, holds the text
   */
  static DocumentReader open(CorpusSplit split, String column, Configuration configuration)
      throws IOException {
    return switch (split.format()) {
      case TEXT -> new TextReader(split, configuration);
      case JSON_LINES -> new JsonLinesReader(split, column, configuration);
      case PARQUET -> new ParquetTextReader(split, column, configuration);
    };
  }
}

package io.gramian.spark.run;

import io.gramian.spark.tokenize.TokenizeRequest;

/**
 * A text and how it becomes sequences.
 *
 * @param path file, folder or glob; text, JSON lines or Parquet
 * @param textColumn field or column that holds the text
 * @param cut sequence length, number and packing
 */
public record TextSource(String path, String textColumn, TokenizeRequest.Cut cut) {}

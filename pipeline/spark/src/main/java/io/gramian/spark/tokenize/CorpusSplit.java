package io.gramian.spark.tokenize;

import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * The documents that begin in the bytes {@code [start, start + length)} of a file: lines for JSONL,
 * row groups for Parquet (by their middle), always the whole file for what cannot be split.
 */
record CorpusSplit(Path path, DocumentFormat format, long start, long length)
    implements Serializable {

  /** What messages call the file: the path without scheme on a local disk, else the address. */
  String file() {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }
}

package io.gramian.spark.tokenize;

import org.apache.hadoop.fs.Path;

/**
 * A file of the corpus.
 *
 * @param bytes its length on disk
 */
record CorpusFile(Path path, DocumentFormat format, long bytes) {

  /** The part of the file that begins in {@code [start, start + length)}. */
  CorpusSplit split(long start, long length) {
    return new CorpusSplit(path, format, start, length);
  }

  boolean canSplit() {
    return format.canSplit(path.getName());
  }
}

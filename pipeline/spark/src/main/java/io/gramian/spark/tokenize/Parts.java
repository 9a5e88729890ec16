package io.gramian.spark.tokenize;

/** Division that rounds up; {@code Math.ceilDiv} came with Java 18. */
final class Parts {

  private Parts() {}

  /** How many parts of {@code size} it takes to hold {@code total}. */
  static long needed(long total, long size) {
    return -Math.floorDiv(-total, size);
  }
}

package io.gramian.spark.progress;

import java.util.HashMap;
import java.util.Map;

/**
 * Sums the units of many partitions, each of which may be tried more than once.
 *
 * <p>What counts for a partition of a stage is the most that any of its attempts has reported, so
 * retries and speculative copies add nothing twice. A stage that is computed again under another id
 * (lost cached data) would; hence the sum is also cut at the total.
 */
final class UnitCount {

  private final long total;
  private final Map<Partition, Long> done = new HashMap<>();
  private long sum;

  UnitCount(long total) {
    this.total = total;
  }

  /** What the work amounts to in all. */
  long total() {
    return total;
  }

  /** Takes note of {@code units} done so far by some attempt at a partition. */
  void record(Partition partition, long units) {
    long former = done.getOrDefault(partition, 0L);
    if (units > former) {
      done.put(partition, units);
      sum += units - former;
    }
  }

  /** Units done, at most the total; never less than before. */
  long done() {
    return Math.min(sum, total);
  }

  /** One partition of one stage, whatever the attempt. */
  record Partition(int stage, int index) {}
}

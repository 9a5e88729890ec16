package io.gramian.spark.session;

import org.apache.spark.SparkConf;

/**
 * Options of an executor's JVM that Gramian wants unless told otherwise.
 *
 * <ul>
 *   <li>Heap regions of 32 MiB. A tile's sums are arrays of 2 MiB and a few bytes; in regions of
 *       G1's own choice each would have two of them to itself, and half the heap would be empty.
 *   <li>An end to tensors before there is an end to memory: heap and overhead together. An executor
 *       that needs more gets an OutOfMemoryError that says so, instead of being killed by YARN or
 *       Kubernetes.
 * </ul>
 *
 * <p>On local masters the driver's JVM runs the tasks; there the launcher gives it the same.
 */
final class ExecutorOptions {

  private static final String OPTIONS = "spark.executor.extraJavaOptions";
  private static final String REGION_SIZE = "G1HeapRegionSize";

  private ExecutorOptions() {}

  /** Adds them to what is there; the other collectors have no regions to size. */
  static void addTo(SparkConf conf) {
    ExecutorMemory memory = ExecutorMemory.of(conf, conf.get("spark.master"));
    if (memory.local()) {
      return;
    }
    StringBuilder options = new StringBuilder(conf.get(OPTIONS, ""));
    if (options.indexOf(REGION_SIZE) < 0 && options.indexOf("-XX:+Use") < 0) {
      options.append(" -XX:").append(REGION_SIZE).append("=32m");
    }
    if (options.indexOf(ExecutorMemory.PHYSICAL_LIMIT) < 0) {
      long all = memory.heap() + memory.outside();
      options.append(" -D").append(ExecutorMemory.PHYSICAL_LIMIT).append('=').append(all);
    }
    conf.set(OPTIONS, options.toString().trim());
  }
}

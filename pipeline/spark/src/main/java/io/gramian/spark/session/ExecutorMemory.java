package io.gramian.spark.session;

import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What one executor has: Spark's settings say it, and no more is taken. On a local master the
 * driver's JVM is the executor.
 *
 * @param heap bytes of the JVM's heap
 * @param outside bytes beside it, where tensors live; YARN and Kubernetes grant heap and overhead
 *     together, so this is the overhead
 * @param tasks that run at a time
 * @param local whether the driver is the executor
 */
public record ExecutorMemory(long heap, long outside, int tasks, boolean local) {

  private static final Pattern LOCAL = Pattern.compile("local(\\[(\\d+|\\*)(,\\d+)?])?");

  /** Spark's defaults. */
  private static final String HEAP = "1g";

  private static final double OVERHEAD_FACTOR = 0.1;
  private static final long LEAST_OVERHEAD = 384L << 20;

  /** What a process may take in all, libtorch's tensors and the heap; by the launcher, if local. */
  static final String PHYSICAL_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

  /** Of a running session, whose executors have told how many cores they have. */
  public static ExecutorMemory of(JavaSparkContext spark) {
    ExecutorMemory stated = of(spark.getConf(), spark.master());
    boolean said = spark.getConf().contains("spark.executor.cores");
    return stated.local() || said ? stated : stated.withTasks(registeredTasks(spark));
  }

  private static int registeredTasks(JavaSparkContext spark) {
    int cores =
        CollectionConverters.asJava(spark.sc().statusStore().executorList(true)).stream()
            .filter(executor -> !executor.id().equals("driver"))
            .mapToInt(ExecutorSummary::totalCores)
            .max()
            .orElse(1);
    return Math.max(1, cores / spark.getConf().getInt("spark.task.cpus", 1));
  }

  /**
   * Of settings alone. An executor whose cores they leave open counts as one of a single core.
   *
   * @param master where Spark is to run
   */
  public static ExecutorMemory of(SparkConf conf, String master) {
    Matcher local = LOCAL.matcher(master);
    return local.matches() ? ofThisProcess(conf, local.group(2)) : ofExecutor(conf);
  }

  private static ExecutorMemory ofThisProcess(SparkConf conf, String threads) {
    long heap = Runtime.getRuntime().maxMemory();
    int cores =
        threads == null
            ? 1
            : threads.equals("*")
                ? Runtime.getRuntime().availableProcessors()
                : Integer.parseInt(threads);
    int tasks = Math.max(1, cores / conf.getInt("spark.task.cpus", 1));
    return new ExecutorMemory(heap, Math.max(0, physicalLimit() - heap), tasks, true);
  }

  private static long physicalLimit() {
    String limit = System.getProperty(PHYSICAL_LIMIT, "");
    if (limit.matches("\\d+")) {
      return Long.parseLong(limit);
    }
    var machine =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return machine.getTotalMemorySize();
  }

  private static ExecutorMemory ofExecutor(SparkConf conf) {
    long heap = conf.getSizeAsBytes("spark.executor.memory", HEAP);
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", OVERHEAD_FACTOR);
    long outside =
        conf.contains("spark.executor.memoryOverhead")
            ? conf.getSizeAsMb("spark.executor.memoryOverhead") << 20
            : Math.max(LEAST_OVERHEAD, (long) (factor * heap));
    int cores = conf.getInt("spark.executor.cores", 1);
    int tasks = Math.max(1, cores / conf.getInt("spark.task.cpus", 1));
    return new ExecutorMemory(heap, outside, tasks, false);
  }

  private ExecutorMemory withTasks(int others) {
    return new ExecutorMemory(heap, outside, others, local);
  }
}

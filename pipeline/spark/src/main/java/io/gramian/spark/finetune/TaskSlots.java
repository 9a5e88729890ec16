package io.gramian.spark.finetune;

import io.gramian.checkpoint.UserException;
import java.time.Duration;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** How many tasks a Spark application can run at the same time. */
final class TaskSlots {

  /** A cluster's executors may still be on their way when the driver has started. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private TaskSlots() {}

  /**
   * The slots of all executors, waiting a little if there are fewer than wanted, or than the
   * settings promise.
   *
   * @throws UserException if executors may come and go, which workers that wait for each other
   *     cannot bear
   */
  static int of(JavaSparkContext spark, OptionalInt wanted) {
    if (spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new UserException(
          "fine-tuning needs all its workers at the same time, which Spark does not promise with"
              + " spark.dynamicAllocation.enabled=true: give --conf"
              + " spark.dynamicAllocation.enabled=false before the verb");
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int enough = wanted.orElseGet(() -> promised(spark.getConf()));
    int slots = now(spark.sc());
    while (!spark.isLocal() && slots < enough && System.nanoTime() < deadline) {
      pause();
      slots = now(spark.sc());
    }
    return slots;
  }

  private static int promised(SparkConf conf) {
    int perExecutor = conf.getInt("spark.executor.cores", 1) / conf.getInt("spark.task.cpus", 1);
    return conf.getInt("spark.executor.instances", 1) * perExecutor;
  }

  private static int now(SparkContext spark) {
    return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for executors", e);
    }
  }
}

package io.gramian.spark.progress;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.Success$;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Turns what the tasks of a phase count into a {@link ProgressListener}'s calls.
 *
 * <pre>{@code
 * try (TaskProgress progress = TaskProgress.start(sc, listener, "calibrate", sequences)) {
 *   LongAccumulator units = progress.units();
 *   rdd.foreach(sequence -> { work(sequence); units.add(1); });
 * }
 * }</pre>
 *
 * <p>A running task's count arrives with its executor's heartbeat ({@code
 * spark.executor.heartbeatInterval}), a finished one's with its end.
 */
public final class TaskProgress extends SparkListener implements AutoCloseable {

  private final JavaSparkContext spark;
  private final ProgressListener listener;
  private final LongAccumulator units;
  private final LatestText detail = new LatestText();
  private final UnitCount count;
  private final Map<Long, UnitCount.Partition> running = new HashMap<>();
  private long reported;
  private boolean closed;

  private TaskProgress(
      JavaSparkContext spark, ProgressListener listener, String phase, long total) {
    this.spark = spark;
    this.listener = listener;
    this.units = spark.sc().longAccumulator(phase + " units");
    this.count = new UnitCount(total);
    spark.sc().register(detail, phase + " detail");
  }

  /**
   * Begins a phase and listens to the tasks that run until {@link #close}.
   *
   * @param totalUnits what {@link #units} will have counted in all when the phase is done
   */
  public static TaskProgress start(
      JavaSparkContext spark, ProgressListener listener, String phase, long totalUnits) {
    TaskProgress progress = new TaskProgress(spark, listener, phase, totalUnits);
    listener.phaseStarted(phase, totalUnits);
    spark.sc().addSparkListener(progress);
    return progress;
  }

  /** What tasks add their finished units to. */
  public LongAccumulator units() {
    return units;
  }

  /** What a task says about where it stands. */
  public LatestText detail() {
    return detail;
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    running.put(start.taskInfo().taskId(), partition(start.stageId(), start.taskInfo()));
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
    if (end.reason() instanceof Success$) {
      record(partition(end.stageId(), end.taskInfo()), end.taskInfo().accumulables());
    }
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    for (Tuple4<Object, Object, Object, Seq<AccumulableInfo>> task :
        CollectionConverters.asJava(heartbeat.accumUpdates())) {
      UnitCount.Partition partition = running.get((Long) task._1());
      if (partition != null) {
        record(partition, task._4());
      }
    }
  }

  /**
   * Ends the phase. Spark delivers events late, so the last word is the accumulator's own: by the
   * time a job returns, it holds the counts of all its tasks.
   */
  @Override
  public void close() {
    spark.sc().removeSparkListener(this);
    synchronized (this) {
      advance(Math.min(units.value(), count.total()));
      closed = true;
      listener.phaseFinished();
    }
  }

  private void record(UnitCount.Partition partition, Seq<AccumulableInfo> accumulators) {
    for (AccumulableInfo accumulator : CollectionConverters.asJava(accumulators)) {
      if (accumulator.id() == units.id()
          && accumulator.update().isDefined()
          && accumulator.update().get() instanceof Long done) {
        count.record(partition, done);
      }
      if (accumulator.id() == detail.id()
          && accumulator.update().isDefined()
          && accumulator.update().get() instanceof String text
          && !text.isEmpty()
          && !closed) {
        listener.detail(text);
      }
    }
    advance(count.done());
  }

  private void advance(long done) {
    if (done > reported && !closed) {
      reported = done;
      listener.advanced(done);
    }
  }

  /** The partition rather than the index in the task set, which a retried stage numbers anew. */
  private static UnitCount.Partition partition(int stage, TaskInfo task) {
    return new UnitCount.Partition(stage, task.partitionId());
  }
}

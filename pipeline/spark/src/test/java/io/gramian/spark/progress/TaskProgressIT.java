package io.gramian.spark.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.spark.session.TestSession;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkException;
import org.apache.spark.Success$;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.ExecutorMetrics;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import org.apache.spark.scheduler.TaskLocality;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.Option;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

class TaskProgressIT {

  /** The task under way waits for this listener; both live in the test's JVM. */
  private static final RecordedProgress HEARD = new RecordedProgress();

  private static final RecordedProgress TALKATIVE = new RecordedProgress();

  private final JavaSparkContext spark = TestSession.context();

  @Test
  void countsFinishedTasks() {
    RecordedProgress heard = new RecordedProgress();
    try (TaskProgress progress = TaskProgress.start(spark, heard, "count", 13)) {
      LongAccumulator units = progress.units();
      spark
          .parallelize(List.of(1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14), 5)
          .foreach(i -> units.add(1));
    }
    assertThat(heard.phases()).containsExactly("+count 13", "-13");
    assertThat(heard.counts()).isSorted().doesNotHaveDuplicates().endsWith(13L);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aTaskUnderWayMovesTheCount() {
    try (TaskProgress progress = TaskProgress.start(spark, HEARD, "long task", 10)) {
      LongAccumulator units = progress.units();
      spark
          .parallelize(List.of(1), 1)
          .foreach(
              i -> {
                units.add(4);
                HEARD.awaitCount();
                units.add(6);
              });
    }
    assertThat(HEARD.counts()).startsWith(4L).endsWith(10L);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aTaskUnderWaySaysWhereItStands() {
    try (TaskProgress progress = TaskProgress.start(spark, TALKATIVE, "talkative", 2)) {
      LatestText detail = progress.detail();
      spark
          .parallelize(List.of(1, 2), 2)
          .foreach(
              i -> {
                if (i == 1) {
                  detail.add("half way");
                  TALKATIVE.awaitDetail();
                  detail.add("done");
                }
              });
      assertThat(detail.value()).isEqualTo("done");
    }
    assertThat(TALKATIVE.details()).startsWith("half way").endsWith("done").doesNotContain("");
  }

  @Test
  void aFailedPhaseEndsToo() {
    RecordedProgress heard = new RecordedProgress();
    assertThatThrownBy(() -> failAtPartitionOne(heard)).isInstanceOf(SparkException.class);
    assertThat(heard.phases()).hasSize(2).first().isEqualTo("+fail 100");
  }

  @Test
  void retriesAndStrangersAddNothing() {
    RecordedProgress heard = new RecordedProgress();
    try (TaskProgress progress = TaskProgress.start(spark, heard, "retry", 10)) {
      long mine = progress.units().id();
      progress.onTaskStart(new SparkListenerTaskStart(0, 0, task(100, 0)));
      progress.onExecutorMetricsUpdate(heartbeat(100, mine, 4));
      progress.onTaskEnd(end(task(100, 0), killed(), mine, 4));
      progress.onTaskStart(new SparkListenerTaskStart(0, 1, task(101, 0)));
      progress.onExecutorMetricsUpdate(heartbeat(101, mine, 2));
      progress.onExecutorMetricsUpdate(heartbeat(101, mine + 1, 9));
      progress.onExecutorMetricsUpdate(heartbeat(100, mine, 9));
      progress.onTaskEnd(end(task(101, 0), Success$.MODULE$, mine, 6));
      progress.onTaskStart(new SparkListenerTaskStart(1, 0, task(102, 0)));
      progress.onExecutorMetricsUpdate(heartbeat(102, mine, 6));
    }
    assertThat(heard.counts()).containsExactly(4L, 6L, 10L);
  }

  private void failAtPartitionOne(ProgressListener heard) {
    try (TaskProgress progress = TaskProgress.start(spark, heard, "fail", 100)) {
      LongAccumulator units = progress.units();
      spark
          .parallelize(List.of(1, 2), 2)
          .foreach(
              i -> {
                units.add(1);
                if (TaskContext.getPartitionId() == 1) {
                  throw new IllegalStateException("planted");
                }
              });
    }
  }

  private static TaskInfo task(long id, int partition) {
    return new TaskInfo(
        id, 0, 0, partition, 0, "driver", "localhost", TaskLocality.PROCESS_LOCAL(), false);
  }

  private static TaskEndReason killed() {
    return new TaskKilled(
        "planted",
        noAccumulators(),
        CollectionConverters.asScala(List.<org.apache.spark.util.AccumulatorV2<?, ?>>of()).toSeq(),
        CollectionConverters.asScala(List.<Object>of()).toSeq());
  }

  private static Seq<AccumulableInfo> noAccumulators() {
    return CollectionConverters.asScala(List.<AccumulableInfo>of()).toSeq();
  }

  private static SparkListenerTaskEnd end(
      TaskInfo task, TaskEndReason reason, long accumulator, long units) {
    task.setAccumulables(units(accumulator, units));
    return new SparkListenerTaskEnd(
        0, 0, "ResultTask", reason, task, new ExecutorMetrics(), TaskMetrics.empty());
  }

  private static SparkListenerExecutorMetricsUpdate heartbeat(
      long task, long accumulator, long units) {
    Tuple4<Object, Object, Object, Seq<AccumulableInfo>> update =
        new Tuple4<>(task, 0, 0, units(accumulator, units));
    return new SparkListenerExecutorMetricsUpdate(
        "driver",
        CollectionConverters.asScala(List.of(update)).toSeq(),
        SparkListenerExecutorMetricsUpdate.apply$default$3());
  }

  private static Seq<AccumulableInfo> units(long accumulator, long units) {
    return CollectionConverters.asScala(
            List.of(
                new AccumulableInfo(
                    accumulator,
                    Option.apply("units"),
                    Option.apply(units),
                    Option.empty(),
                    false,
                    false,
                    Option.empty())))
        .toSeq();
  }
}

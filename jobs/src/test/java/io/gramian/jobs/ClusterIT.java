package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compression on a real cluster, from spark-submit to HDFS: the same bytes as in one process,
 * whoever is killed on the way.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ClusterIT {

  @TempDir private static Path folder;

  private static ClusterRuns runs;
  private static StandaloneCluster cluster;

  /** Of a run in one process with eight threads. */
  private static SortedMap<String, String> expected;

  @BeforeAll
  static void start() throws IOException {
    runs = ClusterRuns.in(folder);
    cluster =
        StandaloneCluster.start(runs.spark(), Files.createDirectories(folder.resolve("c")), 2);
    expected = runs.finished("one-process", runs.start("one-process", "local[8]"));
  }

  @AfterAll
  static void end() {
    if (cluster != null) {
      cluster.close();
    }
    if (runs != null) {
      runs.close();
    }
  }

  @Test
  void oneExecutorGivesTheSameBytes() throws IOException {
    ClusterRuns.Submitted run = runs.start("one-executor", cluster.url(), "spark.cores.max=1");
    assertThat(runs.finished("one-executor", run)).isEqualTo(expected);
  }

  @Test
  void twoExecutorsOneOfThemKilledGiveTheSameBytes() throws IOException {
    ClusterRuns.Submitted run = runs.start("executor-killed", cluster.url());
    await(run, "\nquantize: ");
    List<ProcessHandle> executors = cluster.executors();
    assertThat(executors).hasSize(2);
    assertThat(executors.get(0).destroyForcibly()).isTrue();
    assertThat(runs.finished("executor-killed", run)).isEqualTo(expected);
  }

  @Test
  void aKilledDriversWorkIsGoneOnWith() throws IOException {
    for (String phase : List.of("\ncalibrate: ", "\nquantize: ")) {
      ClusterRuns.Submitted run = runs.start("driver-killed", cluster.url());
      await(run, phase);
      run.process().destroyForcibly();
      assertThat(waitFor(run.process())).isNotZero();
    }
    ClusterRuns.Submitted run = runs.start("driver-killed", cluster.url());
    assertThat(runs.finished("driver-killed", run)).isEqualTo(expected);
  }

  private static int waitFor(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private static void await(ClusterRuns.Submitted run, String message) throws IOException {
    while (!run.complaints().contains(message)) {
      assertThat(run.process().isAlive()).as(run.complaints()).isTrue();
      StandaloneCluster.pause();
    }
  }
}

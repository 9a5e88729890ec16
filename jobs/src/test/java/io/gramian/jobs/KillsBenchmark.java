package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs on a real cluster of which an executor or the driver is killed at a random moment; every one
 * must end with the bytes of an undisturbed run. {@code -Dgramian.kills=20} is the number of runs,
 * {@code -Dgramian.seed=13} decides who is killed and when.
 */
class KillsBenchmark {

  private static final int RUNS = Integer.getInteger("gramian.kills", 20);
  private static final long SEED = Long.getLong("gramian.seed", 13);

  @TempDir private Path folder;

  private int executors;
  private int drivers;

  @Test
  void runsThatAreDisturbedEndAlike() throws IOException {
    Random random = new Random(SEED);
    try (ClusterRuns runs = ClusterRuns.in(folder);
        StandaloneCluster cluster =
            StandaloneCluster.start(
                runs.spark(), Files.createDirectories(folder.resolve("cluster")), 2)) {
      long start = System.nanoTime();
      SortedMap<String, String> expected =
          runs.finished("undisturbed", runs.start("undisturbed", cluster.url()));
      Duration whole = Duration.ofNanos(System.nanoTime() - start);
      int attempts = 0;
      // A run that was over before its moment came was not disturbed: it is compared, not counted.
      for (; executors + drivers < RUNS && attempts < 3 * RUNS; attempts++) {
        long moment = (long) (random.nextDouble() * whole.toMillis());
        boolean driver = random.nextBoolean();
        String name = "run-" + attempts;
        assertThat(disturbed(runs, cluster, name, new Kill(moment, driver, random.nextInt(2))))
            .as("seed %d, %s, %s killed after %d ms", SEED, name, driver, moment)
            .isEqualTo(expected);
      }
      assertThat(executors + drivers).as("seed %d", SEED).isEqualTo(RUNS);
      System.out.printf(
          Locale.ROOT,
          "%d runs byte-identical to the undisturbed one, of %d files; killed: %d executors, %d"
              + " drivers (seed %d)%n",
          attempts,
          expected.size(),
          executors,
          drivers,
          SEED);
    }
  }

  /**
   * Who is killed, and when.
   *
   * @param milliseconds after the start of the run
   * @param which of the executors
   */
  private record Kill(long milliseconds, boolean driver, int which) {}

  private SortedMap<String, String> disturbed(
      ClusterRuns runs, StandaloneCluster cluster, String name, Kill kill) throws IOException {
    ClusterRuns.Submitted run = runs.start(name, cluster.url());
    long until = System.nanoTime() + Duration.ofMillis(kill.milliseconds()).toNanos();
    while (System.nanoTime() < until && run.process().isAlive()) {
      StandaloneCluster.pause();
    }
    if (kill.driver() && run.process().isAlive()) {
      run.process().destroyForcibly();
      run.process().onExit().join();
      drivers++;
      return runs.finished(name, runs.start(name, cluster.url()));
    }
    List<ProcessHandle> alive = cluster.executors();
    if (!alive.isEmpty()) {
      alive.get(kill.which() % alive.size()).destroyForcibly();
      executors++;
    }
    return runs.finished(name, run);
  }
}

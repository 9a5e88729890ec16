package io.gramian.spark.finetune;

import io.gramian.spark.session.GramianSession;
import io.gramian.spark.session.TestProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A training in a driver process of its own, so that it can have executors of their own, and be
 * killed. Writes {@code RUN.txt}: attempt and first step.
 */
final class TrainingProcess {

  private TrainingProcess() {}

  /**
   * Starts it.
   *
   * @param master {@code local[2]}, or {@code local-cluster[2,1,1024]} for two executor processes
   */
  static Process start(String master, Path texts, Path run, int steps) throws IOException {
    return TestProcess.start(
        TrainingProcess.class,
        run.resolveSibling(run.getFileName() + ".log"),
        List.of(master, texts.toString(), run.toString(), Integer.toString(steps)));
  }

  /** In the process. */
  public static void main(String[] arguments) throws IOException {
    Path run = Path.of(arguments[2]);
    try (SparkSession session =
        GramianSession.open("training", TestProcess.settings(arguments[0]))) {
      awaitExecutors(JavaSparkContext.fromSparkContext(session.sparkContext()));
      FinetuneRequest request = Trainings.request(Integer.parseInt(arguments[3]), 2);
      FinetuneResult result = Trainings.run(session, Path.of(arguments[1]), run, request);
      Files.writeString(
          run.resolveSibling(run.getFileName() + ".txt"),
          result.attempt() + "\n" + result.firstStep());
    }
  }

  private static void awaitExecutors(JavaSparkContext spark) {
    int processes = 3;
    while (!spark.isLocal() && spark.sc().getExecutorMemoryStatus().size() < processes) {
      pause();
    }
  }

  static void pause() {
    TestProcess.pause();
  }
}

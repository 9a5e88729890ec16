package io.gramian.spark.finetune;

import io.gramian.spark.session.GramianSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;

/**
 * A training in a driver process of its own, so that it can have executors of their own, and be
 * killed. Writes {@code RUN.txt}: attempt and first step.
 */
final class TrainingProcess {

  private static final Path TARGET = Path.of(System.getProperty("user.dir"), "target");

  private TrainingProcess() {}

  /**
   * Starts it.
   *
   * @param master {@code local[2]}, or {@code local-cluster[2,1,1024]} for two executor processes
   */
  static Process start(String master, Path texts, Path run, int steps) throws IOException {
    Path home = Files.createDirectories(TARGET.resolve("spark-home"));
    Files.createDirectories(home.resolve("jars"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.of(
                    Stream.of(System.getProperty("java.home") + "/bin/java", "-Xmx1g"),
                    Stream.of(JavaModuleOptions.defaultModuleOptionArray()),
                    Stream.of(
                        "-Dgramian.root=" + System.getProperty("gramian.root"),
                        "-Djava.io.tmpdir=" + Files.createDirectories(TARGET.resolve("tmp")),
                        "-cp",
                        classPath(),
                        TrainingProcess.class.getName(),
                        master,
                        texts.toString(),
                        run.toString(),
                        Integer.toString(steps)))
                .flatMap(arguments -> arguments)
                .toList());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder
        .redirectErrorStream(true)
        .redirectOutput(run.resolveSibling(run.getFileName() + ".log").toFile())
        .start();
  }

  /** Executors have other working folders. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(":"))
        .map(entry -> Paths.get(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(":"));
  }

  /** In the process. */
  public static void main(String[] arguments) throws IOException {
    String master = arguments[0];
    Path run = Path.of(arguments[2]);
    try (SparkSession session = GramianSession.open("training", settings(master))) {
      awaitExecutors(JavaSparkContext.fromSparkContext(session.sparkContext()));
      FinetuneRequest request = Trainings.request(Integer.parseInt(arguments[3]), 2);
      FinetuneResult result = Trainings.run(session, Path.of(arguments[1]), run, request);
      Files.writeString(
          run.resolveSibling(run.getFileName() + ".txt"),
          result.attempt() + "\n" + result.firstStep());
    }
  }

  private static Map<String, String> settings(String master) {
    String classPath = System.getProperty("java.class.path");
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.master", master);
    settings.put("spark.ui.enabled", "false");
    settings.put("spark.driver.host", "127.0.0.1");
    settings.put("spark.local.dir", TARGET + "/spark-local");
    settings.put("spark.sql.warehouse.dir", TARGET + "/spark-warehouse");
    settings.put("spark.sql.shuffle.partitions", "2");
    settings.put("spark.executor.extraClassPath", classPath);
    settings.put(
        "spark.executor.extraJavaOptions",
        "-Djava.io.tmpdir=" + TARGET + "/tmp -Dgramian.root=" + System.getProperty("gramian.root"));
    return settings;
  }

  private static void awaitExecutors(JavaSparkContext spark) {
    int processes = 3;
    while (!spark.isLocal() && spark.sc().getExecutorMemoryStatus().size() < processes) {
      pause();
    }
  }

  static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.gramian.spark.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** Driver processes beside the test's own, which may have executors of their own, and be killed. */
public final class TestProcess {

  private static final Path TARGET = Path.of(System.getProperty("user.dir"), "target");

  private TestProcess() {}

  /**
   * Starts {@code main} with the test's class path.
   *
   * @param log takes its output
   */
  public static Process start(Class<?> main, Path log, List<String> arguments) throws IOException {
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
                        main.getName()),
                    arguments.stream())
                .flatMap(parts -> parts)
                .toList());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** Executors have other working folders. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(":"))
        .map(entry -> Paths.get(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(":"));
  }

  /** Of a session in such a process. */
  public static Map<String, String> settings(String master) {
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.master", master);
    settings.put("spark.ui.enabled", "false");
    settings.put("spark.driver.host", "127.0.0.1");
    settings.put("spark.local.dir", TARGET + "/spark-local");
    settings.put("spark.sql.warehouse.dir", TARGET + "/spark-warehouse");
    settings.put("spark.sql.shuffle.partitions", "2");
    settings.put("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    settings.put(
        "spark.executor.extraJavaOptions",
        "-Djava.io.tmpdir=" + TARGET + "/tmp -Dgramian.root=" + System.getProperty("gramian.root"));
    return settings;
  }

  /** Waits a moment for another process. */
  public static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

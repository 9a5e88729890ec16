package io.gramian.jobs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Spark cluster on this machine: a master and workers of one core each, every one a JVM of
 * its own, whose executors are JVMs again.
 */
final class StandaloneCluster implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final String EXECUTOR = "CoarseGrainedExecutorBackend";
  private static final int START_SECONDS = 120;

  private final Path spark;
  private final Path folder;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  private StandaloneCluster(Path spark, Path folder, int port) {
    this.spark = spark;
    this.folder = folder;
    this.port = port;
  }

  /**
   * Starts one and waits until all workers are there.
   *
   * @param spark the installation that it runs on
   * @param folder for logs and for what executors are given
   * @param workers how many
   */
  static StandaloneCluster start(Path spark, Path folder, int workers) throws IOException {
    StandaloneCluster cluster = new StandaloneCluster(spark, folder, freePort());
    try {
      cluster.master();
      for (int i = 0; i < workers; i++) {
        cluster.worker(i);
      }
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What {@code --master} takes. */
  String url() {
    return "spark://" + HOST + ":" + port;
  }

  private void master() throws IOException {
    Path log =
        launch(
            "master",
            "org.apache.spark.deploy.master.Master",
            "--host",
            HOST,
            "--port",
            Integer.toString(port),
            "--webui-port",
            "0");
    await(log, "New state: ALIVE");
  }

  private void worker(int number) throws IOException {
    String name = "worker-" + number;
    Path log =
        launch(
            name,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            HOST,
            "--cores",
            "1",
            "--memory",
            "2g",
            "--webui-port",
            "0",
            "--work-dir",
            folder.resolve(name).toString(),
            url());
    await(log, "Successfully registered with master");
  }

  private Path launch(String name, String main, String... arguments) throws IOException {
    Path log = folder.resolve(name + ".log");
    Path scratch = Files.createDirectories(folder.resolve("tmp"));
    Path verbose = Files.writeString(folder.resolve("log4j2.properties"), LOGGING);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", spark.resolve("jars") + "/*"));
    command.add("-Dlog4j2.configurationFile=file:" + verbose);
    command.add("-Djava.io.tmpdir=" + scratch);
    command.add(main);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_HOME", spark.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", HOST);
    builder.environment().put("SPARK_LOCAL_DIRS", scratch.toString());
    processes.add(builder.start());
    return log;
  }

  private static final String LOGGING =
      """
      rootLogger.level = info
      rootLogger.appenderRef.console.ref = console
      appender.console.type = Console
      appender.console.name = console
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
      """;

  private void await(Path log, String message) throws IOException {
    Process process = processes.get(processes.size() - 1);
    for (int i = 0; i < 10 * START_SECONDS; i++) {
      if (Files.readString(log).contains(message)) {
        return;
      }
      if (!process.isAlive()) {
        break;
      }
      pause();
    }
    throw new AssertionError("no \"" + message + "\" in " + Files.readString(log));
  }

  /** A tenth of a second. */
  static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** The JVMs that run tasks now. */
  List<ProcessHandle> executors() {
    return processes.stream()
        .flatMap(process -> process.toHandle().descendants())
        .filter(StandaloneCluster::isExecutor)
        .sorted()
        .toList();
  }

  private static boolean isExecutor(ProcessHandle process) {
    return process
        .info()
        .arguments()
        .map(arguments -> Stream.of(arguments).anyMatch(a -> a.contains(EXECUTOR)))
        .orElse(false);
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}

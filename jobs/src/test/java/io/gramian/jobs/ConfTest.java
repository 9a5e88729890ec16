package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.gramian.jobs.options.SparkOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.internal.SQLConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of Spark settings: every setting exists and has its reason. */
class ConfTest {

  private static final Path CONF = ProcessRun.ROOT.resolve("conf");

  /** Objects of Spark's that hold settings; each registers its own when it is initialised. */
  private static final List<String> HOLDERS =
      List.of("package$", "Deploy$", "Kryo$", "Network$", "Status$", "UI$", "Worker$");

  /**
   * Settings that no class on the class path registers: those of cluster managers that Gramian is
   * not built with, as "Running Spark on YARN" and "Running Spark on Kubernetes" of Spark 4.1 have
   * them.
   */
  private static final Set<String> DOCUMENTED =
      Set.of(
          "spark.yarn.queue",
          "spark.kubernetes.container.image",
          "spark.kubernetes.namespace",
          "spark.kubernetes.local.dirs.tmpfs");

  private static final String VOLUME =
      "spark\\.kubernetes\\.executor\\.volumes\\.emptyDir\\.spark-local-dir-\\d"
          + "\\.(mount\\.path|options\\.sizeLimit)";

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(CONF)) {
      return files.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    }
  }

  @Test
  void thereIsOneForEveryClusterManager() throws IOException {
    assertThat(files())
        .extracting(file -> CONF.relativize(file).toString())
        .containsExactly(
            "clusters/kubernetes.conf",
            "clusters/standalone.conf",
            "clusters/yarn.conf",
            "spark-defaults.conf");
  }

  @ParameterizedTest
  @MethodSource("files")
  void everySettingIsSparksOrOurs(Path file) throws ReflectiveOperationException {
    for (String holder : HOLDERS) {
      Class.forName("org.apache.spark.internal.config." + holder);
    }
    assertThat(SQLConf.get()).isNotNull();
    assertThat(ConfigEntry.findEntry("spark.executor.coers")).isNull();
    assertThat(SparkOptions.settings(file))
        .isNotEmpty()
        .allSatisfy(
            (key, value) -> {
              assertThat(value).as(key).isNotBlank();
              assertThat(isKnown(key)).as(key).isTrue();
            });
  }

  private static boolean isKnown(String key) {
    return DOCUMENTED.contains(key)
        || key.matches(VOLUME)
        || key.equals(SparkVerb.WAVE_MEMORY)
        || key.equals(SparkVerb.MEMORY_CHECK)
        || ConfigEntry.findEntry(key) != null;
  }

  /** Nothing else stands in the files, and what has the same reason stands together. */
  @ParameterizedTest
  @MethodSource("files")
  void everySettingHasAReason(Path file) throws IOException {
    List<String> settings = new ArrayList<>();
    String before = "";
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        assertThat(line).matches("spark\\.\\S+ +\\S.*");
        assertThat(before).as("above " + line).isNotBlank();
        settings.add(line.split(" ", 2)[0]);
      }
      before = line;
    }
    assertThat(settings)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(SparkOptions.settings(file).keySet());
  }

  @ParameterizedTest
  @MethodSource("files")
  void commandsInCommentsAreUnderstood(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      ShellCommand.of(line.replaceFirst("^# *", ""))
          .ifPresent(
              command ->
                  assertThatCode(() -> Main.commandLine().parseArgs(command.arguments()))
                      .as(line)
                      .doesNotThrowAnyException());
    }
  }

  /** What their first lines say that the numbers are for. */
  @ParameterizedTest
  @CsvSource({"standalone, spark://host:7077", "yarn, yarn", "kubernetes, k8s://https://host:6443"})
  void llamaOf8BillionParametersFits(String cluster, String master) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] line = {
      "--master=" + master,
      "--properties-file=" + CONF.resolve("clusters/" + cluster + ".conf"),
      "plan",
      "--model=" + CONF.resolve("shapes/llama-3.1-8b"),
      "--sequence-length=2048"
    };

    assertThat(Main.run(line, new PrintWriter(out), new PrintWriter(err))).as(err + "").isZero();
    assertThat(out.toString()).contains("6.0 GiB of heap and 8.0 GiB beside it, for 2 tasks");
  }
}

package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a failing task looks like to the person at the keyboard, whatever Spark wraps it in. */
class SparkFailureIT {

  private static final String CLUSTER = "local-cluster[1,1,1024]";

  @TempDir Path scratch;

  private ProcessRun fail(String master, FailingApplication.Way way) throws IOException {
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + ProcessRun.ROOT.resolve("jobs/target/jvm.options"));
    command.add("-Djava.io.tmpdir=" + scratch);
    command.addAll(List.of("-cp", classPath, FailingApplication.class.getName()));
    command.addAll(List.of("--master", master, "--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--conf", "spark.executor.extraClassPath=" + classPath));
    command.addAll(List.of("fail", way.name()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(scratch.toFile());
    builder.environment().put("SPARK_HOME", scratch.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    Files.createDirectories(scratch.resolve("jars"));
    return ProcessRun.of(builder, scratch);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[2]", CLUSTER})
  void userExceptionOfATaskIsOneLine(String master) throws IOException {
    ProcessRun run = fail(master, FailingApplication.Way.USER);

    assertThat(run.complaints()).containsExactly("gramian: tensor a has shape [2], expected [3]");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[2]", CLUSTER})
  void userExceptionThatCannotTravelIsOneLine(String master) throws IOException {
    ProcessRun run = fail(master, FailingApplication.Way.USER_NOT_SERIALIZABLE);

    assertThat(run.complaints()).containsExactly("gramian: tensor b holds NaN at [4, 7]");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void bugOfATaskKeepsItsStackTrace() throws IOException {
    ProcessRun run = fail("local[2]", FailingApplication.Way.BUG);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("Caused by: java.lang.IllegalStateException: index 3 of 2")
        .contains("\tat " + FailingApplication.class.getName())
        .contains("this is a bug in Gramian");
    assertThat(run.out()).isEmpty();
  }
}

package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the launcher takes Spark's settings from. */
class LauncherSettingsIT {

  @TempDir Path scratch;

  private ProcessRun launch(Map<String, String> variables, String... arguments) throws IOException {
    return Launcher.launch(scratch, variables, arguments);
  }

  /** In whatever way its lines are written that Java's properties allow on one line. */
  @Test
  void anotherFileOfSettingsTakesTheDefaultsPlace() throws IOException {
    Path spark = scratch.resolve("spark");
    SparkInstallation.script(spark.resolve("bin/spark-submit"), "printf '%s\\n' \"$@\" >&3\n");
    Path jdk = scratch.resolve("jdk");
    SparkInstallation.script(
        jdk.resolve("bin/java"),
        "[ $1 = -version ] && echo 'openjdk version \"17.0.1\"' || printf '%s\\n' \"$@\" >&3\n");
    Path file = scratch.resolve("my cluster.conf");
    Files.writeString(
        file,
        """
        # spark.driver.memory 1g
        spark.driver.memory   3g
        spark.app.name = a name
        spark.yarn.queue:mine
        """);
    String option = "--properties-file=" + file;

    ProcessRun submitted = launch(Map.of("SPARK_HOME", spark.toString()), option, "tokenize");
    ProcessRun plain = launch(Map.of("JAVA_HOME", jdk.toString()), option, "tokenize");
    ProcessRun missing = launch(Map.of(), "--properties-file", "no.conf", "tokenize");

    assertThat(submitted.out().lines())
        .containsSequence("--driver-memory", "3g", "--properties-file", file.toString());
    assertThat(plain.out().lines())
        .contains("-Xmx3g", "-Dspark.driver.memory=3g", "-Dspark.app.name=a name")
        .contains("-Dspark.yarn.queue=mine")
        .doesNotContain(option);
    assertThat(missing.err())
        .isEqualTo(
            "gramian: no file of settings at no.conf: give one of %s/conf/clusters, or one of yours\n"
                .formatted(ProcessRun.ROOT));
    assertThat(missing.exitCode()).isEqualTo(2);
  }
}

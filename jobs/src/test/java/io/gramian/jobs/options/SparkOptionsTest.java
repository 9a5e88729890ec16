package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class SparkOptionsTest {

  @TempDir private Path folder;

  @Command(name = "line")
  private static final class Line {
    @Mixin private SparkOptions spark;
  }

  private static SparkConf conf(String... arguments) {
    Line line = new Line();
    new CommandLine(line).parseArgs(arguments);
    return line.spark.settings("test");
  }

  @Test
  void theCommandLineWinsOverTheFileAndTheFileOverDefaults() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("my.conf"),
            "# a comment\nspark.master yarn\nspark.executor.cores  3 \nspark.yarn.queue=a\nmine 1\n");

    SparkConf conf =
        conf("--properties-file", file.toString(), "--conf=spark.yarn.queue=b", "--master=local");

    assertThat(conf.get("spark.master")).isEqualTo("local");
    assertThat(conf.get("spark.executor.cores")).isEqualTo("3");
    assertThat(conf.get("spark.yarn.queue")).isEqualTo("b");
    assertThat(conf.contains("mine")).isFalse();
    assertThat(conf("--properties-file=" + file).get("spark.master")).isEqualTo("yarn");
  }

  @Test
  void aMissingFileIsOneLine() {
    assertThatThrownBy(() -> conf("--properties-file=no.conf"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "no file of settings at no.conf (java.nio.file.NoSuchFileException: no.conf): give one"
                + " of conf/clusters, or one of yours");
  }
}

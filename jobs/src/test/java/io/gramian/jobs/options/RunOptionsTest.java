package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RunOptionsTest {

  private static RunOptions parse(String... args) {
    return CommandLine.populateCommand(new RunOptions(), args);
  }

  @ParameterizedTest
  @CsvSource({
    "/models/Llama-3.2-1B, runs/Llama-3.2-1B",
    "/models/Llama-3.2-1B//, runs/Llama-3.2-1B",
    "llama-tiny, runs/llama-tiny",
    "hdfs://host:8020/models/qwen2, runs/qwen2",
    "/, runs/model"
  })
  void runIsNamedAfterTheModel(String model, String run) {
    assertThat(parse().output(model)).isEqualTo(run);
  }

  @Test
  void currentFolderHasAName() {
    Path here = Path.of("").toAbsolutePath();
    assertThat(parse().output(".")).isEqualTo("runs/" + here.getFileName());
    assertThat(parse().output("..")).isEqualTo("runs/" + here.getParent().getFileName());
  }

  @Test
  void whatIsGivenWins() {
    assertThat(parse("--output", "hdfs://host/r").output("m")).isEqualTo("hdfs://host/r");
  }
}

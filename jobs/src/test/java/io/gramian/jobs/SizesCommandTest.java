package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SizesCommandTest {

  private static final Path CONF = ProcessRun.ROOT.resolve("conf");

  @TempDir private Path empty;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void aConfigIsEnough() {
    String[] line = {
      "sizes",
      "--model=" + CONF.resolve("shapes/llama-3.1-8b"),
      "--profile=" + CONF.resolve("profiles/default.yaml")
    };
    assertThat(run(line)).as(err.toString()).isZero();
    assertThat(out.toString().lines().map(text -> text.replaceAll(" +", " ")))
        .contains("llama, 8,030,261,248 parameters")
        .contains("dense BF16 1.00 16,060,522,496 1.00x")
        .anyMatch(text -> text.matches("4 bits 1\\.00 4,1\\d\\d,\\d{3},\\d{3} 3\\.8\\dx"))
        .anyMatch(text -> text.matches("4 bits 0\\.65 2,8\\d\\d,\\d{3},\\d{3} 5\\.[56]\\dx"));
  }

  @Test
  void withoutAConfigThereIsNothingToMeasure() {
    assertThat(run("sizes", "--model=" + empty)).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("gramian: " + empty + ": no config.json there")
        .hasLineCount(1);
  }
}

package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two texts calibrated apart, mixed, and sorted from there, as a person does it. */
class MergeCommandIT {

  private static final Path MODEL = ProcessRun.ROOT.resolve("calibration-data/llama-tiny");
  private static final Path PROFILE = ProcessRun.ROOT.resolve("conf/profiles/small.yaml");

  @TempDir private Path scratch;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... verb) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    Stream<String> spark = Stream.of("--master=local[2]", "--conf=spark.ui.enabled=false");
    String[] line = Stream.concat(spark, Stream.of(verb)).toArray(String[]::new);
    return Main.run(line, new PrintWriter(out), new PrintWriter(err));
  }

  private String gramian(String... verb) {
    assertThat(run(verb)).as(err.toString()).isZero();
    return out.toString();
  }

  private void calibrate(String name, String line, int times) throws IOException {
    Path text = Files.writeString(scratch.resolve(name + ".txt"), line.repeat(times));
    gramian(
        "calibrate",
        "--model=" + MODEL,
        "--calibration=" + text,
        "--sequence-length=13",
        "--output=" + scratch.resolve(name));
  }

  @Test
  void aMixIsSortedAndAllocated() throws IOException {
    calibrate("code", "for (int i = 0; i < n; i++) sum += x[i];\n", 30);
    calibrate("prose", "In the beginning was the word.\n", 60);
    String mix = scratch.resolve("mix").toString();
    String merged =
        gramian(
            "merge",
            "--add=" + scratch.resolve("code") + "=0.7",
            "--add=" + scratch.resolve("prose") + "=0.3",
            "--output=" + mix);
    assertThat(merged.lines().map(line -> line.replaceAll(" +", " ").strip()))
        .anyMatch(line -> line.matches("[\\d,]+ 0\\.7 \\d\\d\\.\\d% " + scratch + "/code"))
        .anyMatch(line -> line.matches("[\\d,]+ 0\\.3 \\d\\d\\.\\d% " + scratch + "/prose"))
        .anyMatch(line -> line.matches("statistics that count [\\d,]+ tokens"))
        .contains(
            "in %s/statistics; sort and allocate with --output %s go on from there"
                .formatted(mix, mix));
    assertThat(gramian("sort", "--output=" + mix)).contains("rank orders from");
    assertThat(gramian("allocate", "--output=" + mix, "--keep=0.85", "--profile=" + PROFILE))
        .contains("achieved");
    assertThat(gramian("quantize", "--output=" + mix, "--profile=" + PROFILE))
        .contains("in " + mix + "/quantized");
    gramian("report", "--output=" + mix);
  }

  @Test
  void mistakesCostNoSparkSession() {
    assertThat(run("merge", "--output=x")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "gramian: nothing to merge: give --add RUN, once for each run whose statistics are to"
                + " be added\n");
    assertThat(run("merge", "--add=x")).isEqualTo(2);
    assertThat(err).hasToString("gramian: merge writes a new run: give its folder as --output\n");
    assertThat(run("merge", "--add=x=much", "--output=y")).isEqualTo(2);
    assertThat(err.toString()).startsWith("gramian: --add x=much: 'much' is not a weight: ");
  }
}

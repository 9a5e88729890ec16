package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs from a sorted model to a report, as a person goes through them. */
class WidthVerbsIT {

  private static final Path MODEL = ProcessRun.ROOT.resolve("calibration-data/llama-tiny");
  private static final Path PROFILE = ProcessRun.ROOT.resolve("conf/profiles/small.yaml");

  @TempDir private Path scratch;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private String gramian(String... verb) {
    out.getBuffer().setLength(0);
    String[] spark = {"--master=local[2]", "--conf=spark.ui.enabled=false"};
    String[] line =
        Stream.of(spark, verb, new String[] {"--output=" + scratch.resolve("run")})
            .flatMap(Arrays::stream)
            .toArray(String[]::new);
    int exit = Main.run(line, new PrintWriter(out), new PrintWriter(err));
    assertThat(exit).as(err.toString()).isZero();
    return out.toString();
  }

  @Test
  void fromSortToReport() throws IOException {
    Path text =
        Files.writeString(
            scratch.resolve("text.txt"), "In the beginning was the word.\n".repeat(40));
    String model = "--model=" + MODEL;
    String profile = "--profile=" + PROFILE;
    gramian("sort", model, "--calibration=" + text, "--sequence-length=13");

    String ratios =
        gramian(
            "allocate",
            model,
            "--calibration=" + text,
            "--sequence-length=13",
            "--keep=0.85,0.65",
            profile);
    assertThat(ratios).contains("keep  achieved   block ratios").contains("0.85").contains("0.65");
    assertThat(scratch.resolve("run/ratios")).isDirectoryContaining("glob:**/keep-0.65.json");

    String scores =
        gramian("evaluate", "--text=" + text, "--sequence-length=13", "--keep=1.0,0.85", profile);
    assertThat(scores.lines().map(line -> line.replaceAll(" +", " ")))
        .anyMatch(line -> line.startsWith("model 1.00 "))
        .anyMatch(line -> line.startsWith("sorted 1.00 "))
        .anyMatch(line -> line.startsWith("sorted 0.85 allocated "));
    assertThat(scores).containsPattern("\nperplexity \\d+\\.\\d{6}\n$");

    assertThat(gramian("slice", "--keep=0.85", profile)).contains("keep-0.85");
    assertThat(scratch.resolve("run/sliced/keep-0.85/model.safetensors")).isNotEmptyFile();

    Path questions =
        Files.writeString(
            scratch.resolve("questions.jsonl"),
            "{\"context\": \"In the\", \"choices\": [\" beginning\", \" xyz\"], \"answer\": 0}\n");
    String choices = gramian("evaluate", "--choices=" + questions, "--keep=1.0,0.85", profile);
    assertThat(choices)
        .contains("questions accuracy normalised")
        .contains("sorted")
        .contains("1.0000");

    assertThat(gramian("report")).contains("report.html");
    assertThat(scratch.resolve("run/report.html")).content().contains("keep-0.85.json");
  }
}

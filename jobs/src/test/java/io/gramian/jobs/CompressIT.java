package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything in one command, from a recipe. */
class CompressIT {

  private static final Path MODEL = ProcessRun.ROOT.resolve("calibration-data/llama-tiny");
  private static final Path PROFILE = ProcessRun.ROOT.resolve("conf/profiles/small.yaml");

  @TempDir private Path scratch;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private String gramian(String... verb) {
    out.getBuffer().setLength(0);
    Stream<String> spark = Stream.of("--master=local[2]", "--conf=spark.ui.enabled=false");
    String[] line = Stream.concat(spark, Stream.of(verb)).toArray(String[]::new);
    int exit = Main.run(line, new PrintWriter(out), new PrintWriter(err));
    assertThat(exit).as(err.toString()).isZero();
    return out.toString();
  }

  @Test
  void aRecipeBecomesAnArtifactATableAndAReport() throws IOException {
    Path text =
        Files.writeString(
            scratch.resolve("text.txt"), "In the beginning was the word.\n".repeat(60));
    Path recipe =
        Files.writeString(
            scratch.resolve("quick.yaml"),
            """
            keep: [1.0, 0.85, 0.65]
            profile: %s
            sequence-length: 13
            sequences: 6
            finetune-steps: 1
            finetune-batch: 2
            finetune-sequence-length: 13
            """
                .formatted(PROFILE));
    String run = scratch.resolve("run").toString();
    String[] command = {
      "compress",
      "--recipe=" + recipe,
      "--model=" + MODEL,
      "--calibration=" + text,
      "--text=" + text,
      "--output=" + run
    };
    String printed = gramian(command);
    List<String> lines = printed.lines().map(line -> line.replaceAll(" +", " ").strip()).toList();
    assertThat(lines)
        .anyMatch(line -> line.matches("dense BF16 1.00 13,\\d{3},\\d{3} 1.00x .*"))
        .anyMatch(line -> line.matches("4 bits 1.00 [34],\\d{3},\\d{3} 3\\.\\d\\dx .*"))
        .anyMatch(line -> line.startsWith("4 bits 0.85 "))
        .anyMatch(line -> line.startsWith("4 bits 0.65 "))
        .contains("artifact " + run + "/quantized", "report " + run + "/report.html");
    for (String folder :
        List.of("calibration", "statistics", "rank-orders", "ratios", "finetuned", "quantized")) {
      assertThat(scratch.resolve("run").resolve(folder)).isNotEmptyDirectory();
    }
    assertThat(scratch.resolve("run/report.html")).content().contains("quantized");

    assertThat(gramian(command)).isEqualTo(printed);
    assertThat(gramian("quantize", "--output=" + run, "--profile=" + PROFILE))
        .contains(" times less than in BF16 (embedding and head included)")
        .contains("in " + run + "/quantized");
    assertThat(
            gramian(
                "slice",
                "--output=" + run,
                "--stage=quantized",
                "--keep=0.65",
                "--profile=" + PROFILE))
        .contains("sliced/quantized-keep-0.65");
    assertThat(
            gramian(
                "evaluate",
                "--text=" + text,
                "--sequence-length=13",
                "--model=" + run + "/sliced/quantized-keep-0.65",
                "--output=" + run + "-slice"))
        .containsPattern("\nperplexity \\d+\\.\\d{6}\n$");
    exports(run);
  }

  private void exports(String run) throws IOException {
    String export = run + "/exported/gguf-keep-1.00";
    assertThat(gramian("export", "--output=" + run, "--format=gguf"))
        .contains(export)
        .doesNotContain("note: ");
    assertThat(Path.of(export, "model.gguf")).isNotEmptyFile();
    assertThat(Path.of(export, "SHA256SUMS")).content().contains("model.gguf");
    assertThat(Path.of(run, "manifest.json"))
        .content()
        .contains("exported/gguf-keep-1.00/model.gguf");

    String[] narrow = {
      "export",
      "--output=" + run,
      "--format=compressed-tensors",
      "--keep=0.65",
      "--profile=" + PROFILE
    };
    assertThat(Main.run(narrow, new PrintWriter(out), new PrintWriter(err))).isEqualTo(2);
    assertThat(err.toString().lines().filter(line -> line.startsWith("gramian: ")))
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith("gramian: compressed-tensors: model.layers.")
        .contains(".self_attn.q_proj.weight is ")
        .endsWith(
            " of this artifact it can say --keep 1.0; --pad writes the width asked for, with zeros"
                + " in place of what it dropped");
    assertThat(Path.of(run, "exported/compressed-tensors-keep-0.65")).doesNotExist();

    String[] padded = Arrays.copyOf(narrow, narrow.length + 1);
    padded[narrow.length] = "--pad";
    assertThat(gramian(padded)).contains("exported/compressed-tensors-keep-0.65");
  }
}

package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gramian.jobs.Airflow.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The DAG in {@code jobs/airflow}, in a real Airflow, through a real {@code spark-submit}. */
class AirflowIT {

  private static final String DAG = "gramian_compress";
  private static final List<String> TASKS =
      List.of(
          "check",
          "tokenize",
          "calibrate",
          "sort",
          "allocate",
          "finetune",
          "quantize",
          "evaluate",
          "report",
          "results",
          "gate");

  /** What is drawn or written anew whenever it is asked for. */
  private static final List<String> ALWAYS_WRITTEN = List.of("manifest.json", "report.html");

  @TempDir private static Path home;
  private static Airflow airflow;

  @TempDir private Path scratch;

  @BeforeAll
  static void install() throws IOException {
    airflow = Airflow.install(home);
  }

  /** The sample, as the DAG has it by default, but as little of it as will do. */
  private Map<String, Object> parameters(Map<String, Object> others) {
    Map<String, Object> all = new HashMap<>();
    all.put("output", scratch.resolve("run").toString());
    all.put("keep", List.of(1.0, 0.85));
    all.put("sequences", 8);
    all.put("sequence_length", 64);
    all.put("finetune_steps", 2);
    all.put("finetune_batch", 2);
    all.put("finetune_sequence_length", 32);
    all.put("driver_memory", "1g");
    all.putAll(others);
    return all;
  }

  @Test
  void unitTestsOfItsModulesPass() throws IOException {
    ProcessRun run =
        airflow.python(
            "-m", "unittest", "discover", "-s", Airflow.DAGS.resolve("tests").toString());

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).containsPattern("Ran 1\\d tests");
  }

  @Test
  void aRunGoesFromTextToGateAndIsNotDoneTwice() throws IOException {
    Finished first = airflow.test(DAG, parameters(Map.of("largest_increase", 1)));
    assertComplete(first);
    Map<String, String> files = files();
    JsonNode phases = phases();

    Finished second = airflow.test(DAG, parameters(Map.of("largest_increase", 1)));

    assertComplete(second);
    assertThat(files()).as("files of the first run").isEqualTo(files);
    assertThat(phases()).as("phases of the first run").isEqualTo(phases);
    assertThat(second.xcom("results", "return_value"))
        .isEqualTo(first.xcom("results", "return_value"));
    assertGateFails();
  }

  private void assertComplete(Finished run) {
    assertThat(run.exitCode()).as(run.log()).isZero();
    assertThat(TASKS).allSatisfy(task -> assertThat(run.state(task)).isEqualTo("success"));
    Path folder = scratch.resolve("run");
    for (String part : List.of("statistics", "ratios", "finetuned", "quantized", "evaluation")) {
      assertThat(folder.resolve(part)).isNotEmptyDirectory();
    }
    double before = run.xcom("results", "model_perplexity").asDouble();
    double after = run.xcom("results", "perplexity").get("0.85").asDouble();
    assertThat(before).isBetween(5.0, 100.0);
    assertThat(after).isBetween(before, 2 * before);
    assertThat(run.xcom("results", "bytes").get("0.85").asLong())
        .isBetween(2_000_000L, run.xcom("results", "bytes").get("1").asLong() - 1);
    assertThat(Path.of(run.xcom("results", "report").asText()))
        .isEqualTo(folder.resolve("report.html"))
        .isNotEmptyFile();
    assertThat(run.xcom("gate", "return_value").asText())
        .startsWith("4 bits at keep ratio 0.85: perplexity ");
    assertThat(run.database().get("assets")).containsExactly(run.xcom("results", "return_value"));
  }

  /** Judges the finished run: what comes before counts as done, but for fine-tuning. */
  private void assertGateFails() throws IOException {
    Map<String, Object> strict = parameters(Map.of("largest_increase", -0.5, "finetune_steps", 0));
    String done = "(?!finetune|results|gate).*";
    Finished run = airflow.test(DAG, strict, "--mark-success-pattern", done);

    assertThat(run.exitCode()).as(run.log()).isNotZero();
    assertThat(run.state("finetune")).isEqualTo("skipped");
    assertThat(run.state("quantize")).as("behind a skipped task").isEqualTo("success");
    assertThat(run.state("results")).isEqualTo("success");
    assertThat(run.state("gate")).as("not up for a retry").isEqualTo("failed");
    assertThat(run.log())
        .containsPattern(
            "quality gate: 4 bits at keep ratio 0\\.85: perplexity \\d+\\.\\d{3} ->"
                + " \\d+\\.\\d{3} \\(\\+\\d+\\.\\d%\\), allowed -50\\.0%; report: "
                + scratch.resolve("run/report.html"));
    assertThat(run.database().get("assets")).isEmpty();
  }

  @Test
  void aMistakeFailsTheRunWithoutARetry() throws IOException {
    Finished run = airflow.test(DAG, parameters(Map.of("model", "/no/model")));

    assertThat(run.exitCode()).as(run.log()).isNotZero();
    assertThat(run.log()).containsPattern("AirflowFailException.*gramian: /no/model");
    assertThat(run.state("tokenize")).as("not up for a retry").isEqualTo("failed");
    assertThat(run.database().get("tries").get("tokenize").asInt()).isOne();
    assertThat(run.state("gate")).isEqualTo("upstream_failed");
    assertThat(scratch.resolve("run")).doesNotExist();
  }

  private JsonNode phases() throws IOException {
    Path manifest = scratch.resolve("run/manifest.json");
    return new ObjectMapper().readTree(manifest.toFile()).get("phases");
  }

  /** Every file of the run, and when it was written. */
  private Map<String, String> files() throws IOException {
    Path folder = scratch.resolve("run");
    try (Stream<Path> files = Files.walk(folder)) {
      Map<String, String> times = new TreeMap<>();
      files
          .filter(Files::isRegularFile)
          .filter(file -> !ALWAYS_WRITTEN.contains(folder.relativize(file).toString()))
          .forEach(file -> times.put(folder.relativize(file).toString(), time(file)));
      return times;
    }
  }

  private static String time(Path file) {
    try {
      return Files.getLastModifiedTime(file).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

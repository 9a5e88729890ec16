package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code gramian sort} through spark-submit on a real cluster, with one executor of one core and
 * with two: how much faster the second makes it. The model is random; {@code -Dgramian.layers},
 * {@code -Dgramian.width} (the MLP has four times as many channels) and {@code
 * -Dgramian.sequences}, of 256 tokens, are its size and the text's. Wants two idle cores.
 *
 * <p>Three times are printed: of the phases {@code calibrate} and {@code sort}, from the first
 * one's start to the other's end as Spark's event log has it, of all jobs from the first's start to
 * the last one's end (which adds {@code tokenize} and the check), and of the process, which adds
 * the start of Spark, its executors' registration and what the driver does before and after. Then
 * every phase by itself.
 */
class ExecutorsBenchmark {

  private static final int LAYERS = Integer.getInteger("gramian.layers", 6);
  private static final int WIDTH = Integer.getInteger("gramian.width", 768);
  private static final int SEQUENCES = Integer.getInteger("gramian.sequences", 256);
  private static final int ROUNDS = Integer.getInteger("gramian.rounds", 1);

  @TempDir private Path folder;

  @Test
  void secondExecutor() throws IOException {
    Path spark = folder.resolve("spark");
    SparkInstallation.assemble(spark);
    writeModel();
    for (int round = 0; round < ROUNDS; round++) {
      Times one = times(spark, round, 1);
      Times two = times(spark, round, 2);
      print("calibrate and sort", one.phases(), two.phases());
      print("all jobs", one.jobs(), two.jobs());
      print("the whole process", one.process(), two.process());
      one.groups().forEach((group, span) -> print("  " + group, span, two.groups().get(group)));
    }
  }

  private static void print(String what, double one, double two) {
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f s with one executor, %.1f s with two: %.2f times as fast%n",
        what,
        one,
        two,
        one / two);
  }

  private void writeModel() throws IOException {
    Map<String, Object> config = new HashMap<>(RandomConfigs.llamaGrouped());
    config.putAll(Map.of("vocab_size", 4096, "hidden_size", WIDTH, "num_hidden_layers", LAYERS));
    config.putAll(Map.of("intermediate_size", 4 * WIDTH, "max_position_embeddings", 512));
    Path model = Files.createDirectories(folder.resolve("model"));
    RandomCheckpoint.of(config, 7).withShards(4).write(LocalDirectory.of(model));
    Files.copy(
        ProcessRun.ROOT.resolve("calibration-data/llama-tiny/tokenizer.json"),
        model.resolve("tokenizer.json"));
  }

  /** Runs it on a fresh cluster of that many workers of one core each. */
  private Times times(Path spark, int round, int executors) throws IOException {
    String name = "run-" + round + "-" + executors;
    Path events = Files.createDirectories(folder.resolve(name + "-events"));
    Path cluster = Files.createDirectories(folder.resolve(name + "-cluster"));
    try (StandaloneCluster started = StandaloneCluster.start(spark, cluster, executors)) {
      long start = System.nanoTime();
      sort(spark, started.url(), name, events);
      return times(events, executors, (System.nanoTime() - start) * 1e-9);
    }
  }

  private void sort(Path spark, String master, String run, Path events) throws IOException {
    Path err = folder.resolve(run + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(
                ProcessRun.ROOT.resolve("jobs/bin/gramian").toString(),
                "--master=" + master,
                "--conf=spark.ui.enabled=false",
                "--conf=spark.executor.memory=1500m",
                "--conf=spark.eventLog.enabled=true",
                "--conf=spark.eventLog.rolling.enabled=false",
                "--conf=spark.eventLog.compress=false",
                "--conf=spark.eventLog.dir=" + events.toUri(),
                // One that is late would leave the other all the work.
                "--conf=spark.scheduler.minRegisteredResourcesRatio=1",
                "--conf=spark.scheduler.maxRegisteredResourcesWaitingTime=120s",
                "sort",
                "--model=" + folder.resolve("model"),
                "--calibration="
                    + ProcessRun.ROOT.resolve("calibration-data/text/public-domain.train.jsonl"),
                "--output=" + folder.resolve(run),
                "--sequences=" + SEQUENCES,
                "--sequence-length=256")
            .directory(folder.toFile())
            .redirectOutput(folder.resolve(run + ".out").toFile())
            .redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", spark.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("GRAMIAN_JAVA_OPTS", "-Xmx1g");
    try {
      assertThat(builder.start().waitFor()).as(Files.readString(err)).isZero();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /**
   * Seconds.
   *
   * @param phases of calibrate and sort together
   * @param jobs of all jobs
   * @param process from its start to its end
   * @param groups of every job group, which is a phase
   */
  private record Times(
      double phases, double jobs, double process, SortedMap<String, Double> groups) {}

  private static Times times(Path events, int executors, double process) throws IOException {
    List<JsonNode> log = read(events);
    assertThat(log.stream().filter(e -> is(e, "ExecutorAdded"))).hasSize(executors);
    SortedMap<String, Double> groups = new TreeMap<>();
    for (JsonNode event : log) {
      if (is(event, "JobStart")) {
        groups.computeIfAbsent(group(event), group -> Span.of(log, group::equals).seconds());
      }
    }
    Span phases = Span.of(log, group -> group.equals("calibrate") || group.equals("sort"));
    return new Times(phases.seconds(), Span.of(log, g -> true).seconds(), process, groups);
  }

  private static String group(JsonNode job) {
    return job.path("Properties").path("spark.jobGroup.id").asText("others");
  }

  private static List<JsonNode> read(Path events) throws IOException {
    List<JsonNode> log = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    try (Stream<Path> files = Files.walk(events)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("{")) {
            log.add(json.readTree(line));
          }
        }
      }
    }
    return log;
  }

  private static boolean is(JsonNode event, String kind) {
    return event.path("Event").asText().equals("SparkListener" + kind);
  }

  /** From the first job's start to the last one's end, in milliseconds of the clock. */
  private record Span(long start, long end) {

    /** Of the jobs of some groups. */
    static Span of(List<JsonNode> log, Predicate<String> groups) {
      Map<Integer, Long> starts = new HashMap<>();
      long end = 0;
      for (JsonNode event : log) {
        int job = event.path("Job ID").asInt(-1);
        if (is(event, "JobStart") && groups.test(group(event))) {
          starts.put(job, event.path("Submission Time").asLong());
        } else if (is(event, "JobEnd") && starts.containsKey(job)) {
          end = Math.max(end, event.path("Completion Time").asLong());
        }
      }
      assertThat(starts).as("jobs").isNotEmpty();
      return new Span(starts.values().stream().mapToLong(t -> t).min().orElseThrow(), end);
    }

    double seconds() {
      return (end - start) * 1e-3;
    }
  }
}

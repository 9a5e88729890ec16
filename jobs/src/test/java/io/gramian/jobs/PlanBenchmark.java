package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.model.DecoderSpec;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.spark.plan.Bytes;
import io.gramian.spark.plan.MemoryPlan;
import io.gramian.spark.plan.Phase;
import io.gramian.spark.session.ExecutorMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The memory that {@code plan} tells against what processes take that are given no more: blocks of
 * large models, random weights, two tasks at a time. Resident memory is the kernel's own count of
 * the most a process had.
 */
class PlanBenchmark {

  private static final Path LAUNCHER = ProcessRun.ROOT.resolve("jobs/bin/gramian");
  private static final Path CALIBRATION = ProcessRun.ROOT.resolve("calibration-data");
  private static final int TASKS = 2;
  private static final int LENGTH = 512;
  private static final int SEQUENCES = 32;
  private static final double TOLERANCE = 1.15;

  /** Heaps have a whole number of regions. */
  private static final long REGION = 32L << 20;

  @TempDir private Path folder;

  /** A layer of Llama-3.1-8B, with the sample's vocabulary. */
  @Test
  void anAttentionAndAnMlp() throws IOException {
    Path shape = ProcessRun.ROOT.resolve("conf/shapes/llama-3.1-8b/config.json");
    Map<String, Object> config =
        new ObjectMapper().readValue(shape.toFile(), new TypeReference<>() {});
    config.put("num_hidden_layers", 1);
    config.put("vocab_size", 4096);
    measure("llama-3.1-8b", config);
  }

  /** A layer of mamba2-2.7b's shapes, with the sample's vocabulary. */
  @Test
  void aStateSpaceMixer() throws IOException {
    Map<String, Object> config = new HashMap<>(RandomConfigs.all().get("mamba2TwoGroups"));
    config.putAll(Map.of("vocab_size", 4096, "hidden_size", 2560, "num_heads", 80, "head_dim", 64));
    config.putAll(Map.of("state_size", 128, "n_groups", 1, "num_hidden_layers", 1));
    config.putAll(Map.of("chunk_size", 256, "expand", 2));
    measure("mamba2-2.7b", config);
  }

  private void measure(String name, Map<String, Object> config) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    RandomCheckpoint.of(config, 13).withDType(DType.BF16).write(LocalDirectory.of(model));
    Files.copy(CALIBRATION.resolve("llama-tiny/tokenizer.json"), model.resolve("tokenizer.json"));
    DecoderSpec spec = Families.describe(RandomCheckpoint.hfConfig(config));
    run(spec, name, "calibrate", Phase.CALIBRATE);
    run(spec, name, "sort", Phase.SORT, Phase.EVALUATE);
    run(spec, name, "quantize", Phase.QUANTIZE);
    run(spec, name, "evaluate", Phase.EVALUATE);
  }

  /** Runs a verb in a process that has what the phases are said to take, whichever takes more. */
  private void run(DecoderSpec spec, String name, String verb, Phase... phases) throws IOException {
    long heap = (most(spec, phases, true) / REGION + 1) * REGION;
    long outside = most(spec, phases, false);
    long peak = peak(verb, command(name, verb, heap), heap + outside);
    System.out.printf(
        Locale.ROOT,
        "%s, %s: planned %s of heap and %s beside it, measured %s: %.2f of the plan%n",
        name,
        verb,
        Bytes.text(heap),
        Bytes.text(outside),
        Bytes.text(peak),
        (double) peak / (heap + outside));
    assertThat((double) peak).isLessThan(TOLERANCE * (heap + outside));
  }

  private static long most(DecoderSpec spec, Phase[] phases, boolean heap) {
    ExecutorMemory enough = new ExecutorMemory(1L << 36, 1L << 36, TASKS, true);
    MemoryPlan plan = new MemoryPlan(spec, LENGTH, enough, 0);
    return Arrays.stream(phases)
        .map(plan::of)
        .mapToLong(memory -> heap ? memory.heap() : memory.outside())
        .max()
        .orElseThrow();
  }

  private List<String> command(String name, String verb, long heap) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "--master=local[2]"));
    command.add("--conf=spark.driver.memory=" + (heap >> 20) + "m");
    command.add("--conf=spark.ui.enabled=false");
    command.add(verb);
    command.add("--output=" + folder.resolve(name + "-run"));
    Path model = folder.resolve(name);
    Stream.of("--sequences=" + SEQUENCES, "--sequence-length=" + LENGTH)
        .filter(option -> !verb.equals("quantize"))
        .forEach(command::add);
    switch (verb) {
      case "calibrate", "sort" -> {
        command.add("--model=" + model);
        command.add("--calibration=" + CALIBRATION.resolve("text/public-domain.train.jsonl"));
      }
      case "evaluate" -> {
        command.add("--model=" + model);
        command.add("--text=" + CALIBRATION.resolve("text/public-domain.valid.jsonl"));
      }
      default -> command.add("--stage=sorted");
    }
    return command;
  }

  private long peak(String verb, List<String> command, long limit) throws IOException {
    Path err = folder.resolve(verb + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve(verb + ".out").toFile())
            .redirectError(err.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder
        .environment()
        .put(
            "GRAMIAN_JAVA_OPTS",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=" + (long) (TOLERANCE * limit));
    Process process = builder.start();
    long peak = 0;
    while (process.isAlive()) {
      peak = Math.max(peak, highWater(process));
      StandaloneCluster.pause();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    return peak;
  }

  /** The launcher becomes the JVM: it is one process throughout. */
  private static long highWater(Process process) {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // it has just ended
    }
  }
}

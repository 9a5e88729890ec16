package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code sort --runtime-compatible} writes computes the same in Hugging Face transformers as
 * the model it was made from: all families, weights as F32, so that rounding hides nothing.
 */
class TransformersIT {

  private static final Path PYTHON = ProcessRun.ROOT.resolve("jobs/src/test/python");
  private static final Path TINY =
      ProcessRun.ROOT.resolve("pipeline/compress/src/test/data/checkpoints");
  private static final List<Path> MODELS =
      List.of(
          ProcessRun.ROOT.resolve("calibration-data/llama-tiny"),
          TINY.resolve("qwen2-tiny"),
          TINY.resolve("mamba2-tiny"),
          TINY.resolve("bamba-tiny"),
          TINY.resolve("nemotron-h-tiny"));
  private static final String TEXT =
      """
      In the beginning God created the heaven and the earth. And the earth was without form, and
      void; and darkness was upon the face of the deep. And the Spirit of God moved upon the face of
      the waters. And God said, Let there be light: and there was light.
      """;

  @TempDir private static Path scratch;
  private static PythonEnvironment python;

  @BeforeAll
  static void widenWeights() throws IOException {
    python =
        PythonEnvironment.of(
            "transformers",
            ProcessRun.ROOT.resolve("jobs/src/test/resources/python/transformers.txt"));
    List<String> pairs = new ArrayList<>();
    for (Path model : MODELS) {
      pairs.add(model.toString());
      pairs.add(wide(model).toString());
    }
    run("widen.py", pairs);
  }

  @Test
  void sortedCheckpointsComputeTheSame() throws IOException {
    List<String> pairs = new ArrayList<>();
    for (Path model : MODELS) {
      pairs.add(wide(model).toString());
      pairs.add(sorted(model, "compatible", "--runtime-compatible").toString());
    }
    List<String> lines = run("compare_logits.py", pairs).lines().toList();
    assertThat(lines).hasSameSizeAs(MODELS);
    assertThat(lines).allSatisfy(line -> assertThat(difference(line)).as(line).isLessThan(1e-4));
  }

  /** Without the option others would rotate pairs by frequencies that are not theirs. */
  @Test
  void reorderedPairsAreNotCompatible() throws IOException {
    Path model = MODELS.get(0);
    String line =
        run("compare_logits.py", List.of(wide(model).toString(), sorted(model, "own").toString()));
    assertThat(difference(line)).as(line).isGreaterThan(1e-2);
  }

  private static Path wide(Path model) {
    return scratch.resolve("wide").resolve(model.getFileName());
  }

  /** Sorts a model; the moved channels show in its files. */
  private static Path sorted(Path model, String run, String... options) throws IOException {
    Path text = Files.writeString(scratch.resolve("text.txt"), TEXT.repeat(4));
    Path output = scratch.resolve(run).resolve(model.getFileName());
    StringWriter err = new StringWriter();
    String[] verb = {
      "--master=local[2]",
      "--conf=spark.ui.enabled=false",
      "sort",
      "--model=" + wide(model),
      "--calibration=" + text,
      "--sequence-length=64",
      "--output=" + output
    };
    int exit =
        Main.run(
            Stream.concat(Stream.of(verb), Stream.of(options)).toArray(String[]::new),
            new PrintWriter(new StringWriter()),
            new PrintWriter(err));
    assertThat(exit).as(err.toString()).isZero();
    Path sorted = output.resolve("sorted");
    assertThat(
            Files.mismatch(
                sorted.resolve("model.safetensors"), wide(model).resolve("model.safetensors")))
        .as("where the sorted file differs")
        .isNotNegative();
    return sorted;
  }

  private static String run(String script, List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(PYTHON.resolve(script).toString()));
    all.addAll(arguments);
    ProcessRun run = python.run(scratch, Map.of(), all.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out();
  }

  private static double difference(String line) {
    return Double.parseDouble(line.strip().split("\t", -1)[1]);
  }
}

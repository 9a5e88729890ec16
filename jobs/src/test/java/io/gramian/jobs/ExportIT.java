package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.edge.tokenizer.Tokenizer;
import io.gramian.model.KeepRatio;
import io.gramian.model.compressed.CompressedExport;
import io.gramian.model.gguf.GgufExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Exports as other programs see them: the gguf package reads the same numbers, llama.cpp and
 * transformers compute the same logits as the edge runtime.
 */
class ExportIT {

  private static final Path TESTS = ProcessRun.ROOT.resolve("jobs/src/test");
  private static final String TEXT = "And the king said: it's 1234 o'clock,  my lord.\n\nSo be it!";

  /**
   * llama.cpp multiplies 4-bit weights with activations rounded to 8 bits, in blocks of 32: the
   * mean difference of the log-probabilities of the 50 likeliest tokens.
   */
  private static final double ROUNDED = 0.2;

  private static final double EXACT = 1e-3;

  @TempDir private Path scratch;

  private ProcessRun python(String environment, String program, Object... arguments)
      throws IOException {
    String[] line =
        Stream.concat(Stream.of(TESTS.resolve("python").resolve(program)), Arrays.stream(arguments))
            .map(Object::toString)
            .toArray(String[]::new);
    Path requirements = TESTS.resolve("resources/python/" + environment + ".txt");
    ProcessRun run = PythonEnvironment.of(environment, requirements).run(scratch, Map.of(), line);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  /** The number behind a word at the begin of a line. */
  private static double number(ProcessRun run, String word) {
    String line = run.out().lines().filter(l -> l.startsWith(word + " ")).findFirst().orElseThrow();
    return Double.parseDouble(line.substring(word.length() + 1));
  }

  @ParameterizedTest
  @CsvSource({
    "llama-tiny, 1.0, llama, 58", "llama-tiny, 0.65, llama, 58",
    "qwen2-tiny, 1.0, qwen2, 75", "qwen2-tiny, 0.65, llama, 81"
  })
  void gguf(String model, double ratio, String architecture, int tensors) throws IOException {
    ExportedArtifact artifact =
        ExportedArtifact.of(model, new KeepRatio(ratio), scratch.resolve("quantized"));
    Path reference = scratch.resolve("reference.safetensors");
    artifact.export(new GgufExport(), scratch, reference);
    Path file = scratch.resolve(GgufExport.FILE);

    Path config = artifact.folder().resolve("config.json");
    ProcessRun read = python("formats", "check_gguf.py", file, reference, config);
    assertThat(read.out().lines())
        .contains(
            tensors + " tensors equal",
            "general.architecture " + architecture,
            architecture + ".block_count 6",
            architecture + ".embedding_length 256",
            architecture + ".attention.head_count 4",
            architecture + ".attention.head_count_kv 2",
            architecture + ".attention.key_length 64",
            "tokenizer.ggml.model gpt2",
            "tokenizer.ggml.pre gpt-2",
            "tokenizer.ggml.tokens 4096 entries",
            "tokenizer.ggml.merges 3839 entries",
            "tokenizer.ggml.eos_token_id 0");

    Path logits = scratch.resolve("logits.safetensors");
    artifact.logits(logits);
    ProcessRun run = python("formats", "run_llama_cpp.py", file, logits, TEXT);
    System.out.printf("%s at %s in llama.cpp: %s%n", model, ratio, number(run, "difference"));
    assertThat(number(run, "difference")).isLessThan(ROUNDED);
    int[] ids = Tokenizer.read(LocalDirectory.of(artifact.folder())).encode(TEXT);
    assertThat(run.out().lines())
        .contains(
            "ids " + Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "llama-tiny, 1.0, LlamaForCausalLM", "llama-tiny, 0.65, LlamaForCausalLM",
    "qwen2-tiny, 1.0, Qwen2ForCausalLM", "qwen2-tiny, 0.65, LlamaForCausalLM"
  })
  void compressedTensors(String model, double ratio, String type) throws IOException {
    ExportedArtifact artifact =
        ExportedArtifact.of(model, new KeepRatio(ratio), scratch.resolve("quantized"));
    Path folder = scratch.resolve("exported");
    artifact.export(new CompressedExport(), folder, scratch.resolve("reference.safetensors"));
    Path logits = scratch.resolve("logits.safetensors");
    artifact.logits(logits);

    ProcessRun run = python("transformers", "check_compressed.py", folder, logits);
    System.out.printf("%s at %s in transformers: %s%n", model, ratio, number(run, "difference"));
    assertThat(number(run, "difference")).isLessThan(EXACT);
    assertThat(run.out().lines())
        .contains("model " + type)
        .anyMatch(line -> line.matches("group_0 64 .*re:\\.\\*\\\\\\.o_proj\\$.*"));
  }
}

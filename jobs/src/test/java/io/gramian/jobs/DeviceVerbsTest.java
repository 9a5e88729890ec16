package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.jobs.options.Sample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate} and {@code profile} of a checkpoint, and all that they refuse. */
class DeviceVerbsTest {

  private static final Path MODEL = ProcessRun.ROOT.resolve("calibration-data/llama-tiny");
  private static final String TO_MODEL = "--model=" + MODEL;
  private static final String PROMPT = "--prompt=And the king said unto";

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void forgetHome() {
    System.clearProperty(Sample.HOME_PROPERTY);
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  private void refused(String message, String... arguments) {
    err.getBuffer().setLength(0);
    assertThat(run(arguments)).as(err.toString()).isEqualTo(2);
    assertThat(err).hasToString("gramian: " + message + "\n");
    assertThat(out.toString()).isEmpty();
  }

  /** The checkpoint with a tokenizer, but a config of one's own. */
  private String modelWith(String config, String... files) throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
    for (String file : files) {
      Files.copy(MODEL.resolve(file), folder.resolve(file));
    }
    return "--model=" + folder;
  }

  @Test
  void generatesTextOfTheSampleAndTellsHowFast() {
    System.setProperty(Sample.HOME_PROPERTY, ProcessRun.ROOT.toString());
    assertThat(run("generate", PROMPT, "--max-tokens=9", "--threads=1"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).hasSizeGreaterThan(9).endsWith("\n");
    assertThat(err.toString())
        .matches(
            "gramian generate: 9 tokens \\(limit\\), \\d+\\.\\d a second, the first after"
                + " \\d+\\.\\d{3} s; width 1\\.0; 1 thread, vectors of \\d+ bits, as wide as this"
                + " processor's\n");
  }

  @Test
  void theSameSeedDrawsTheSameText() {
    String[] line = {
      "generate", TO_MODEL, PROMPT, "--max-tokens=9", "--temperature=1.5", "--top-p=0.9", "--seed=4"
    };
    assertThat(run(line)).as(err.toString()).isZero();
    String first = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run(line)).isZero();
    assertThat(out).hasToString(first);
  }

  @Test
  void theModelsLengthEndsTheText() throws IOException {
    String config = Files.readString(MODEL.resolve("config.json")).replace("2048", "8");
    String model = modelWith(config, "tokenizer.json", "model.safetensors");
    assertThat(run("generate", model, "--prompt=And the king")).as(err.toString()).isZero();
    assertThat(err.toString()).contains("(no room left)");
    out.getBuffer().setLength(0);
    refused(
        "the prompt has 9 tokens, but the model reads at most 8 (max_position_embeddings): shorten"
            + " it",
        "generate",
        model,
        "--prompt=a b c d e f g h i");
    refused(
        "--prompt-tokens and --tokens make 9, but "
            + folder
            + " reads at most 8 (max_position_embeddings): give fewer",
        "profile",
        model,
        "--prompt-tokens=5",
        "--tokens=4");
  }

  @Test
  void profilesACheckpointAgainstItself() {
    String[] line = {
      "profile",
      TO_MODEL,
      "--dense=" + MODEL,
      "--prompt-tokens=8",
      "--tokens=4",
      "--warm-up=0",
      "--threads=1"
    };
    assertThat(run(line)).as(err.toString()).isZero();
    assertThat(out.toString().lines().map(text -> text.replaceAll(" +", " ")))
        .hasSize(5)
        .anyMatch(text -> text.matches("vectors.*; 1 thread; a prompt of 8 tokens and 4 more"))
        .contains("weights keep bytes a token caches, bytes first token each more tokens/s faster")
        .filteredOn(text -> text.startsWith("dense 1.00 "))
        .allMatch(
            text ->
                text.matches(
                    "dense 1.00 1\\d,\\d{3},\\d{3} [\\d,]+ [\\d.]+ ms [\\d.]+ ms [\\d.]+"
                        + " \\d+\\.\\d\\dx"))
        .hasSize(2);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void withoutDenseNothingIsCompared() {
    assertThat(run("profile", TO_MODEL, "--prompt-tokens=3", "--tokens=2", "--warm-up=0")).isZero();
    assertThat(out.toString()).contains("tokens/s\ndense").doesNotContain("faster");
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    refused("keep ratio \"wide\" is not a number: give for example 0.85", generate("--keep=wide"));
    refused("keep ratio 1.5 is outside (0, 1]: give for example 0.85", generate("--keep=1.5"));
    refused("a text of 0 tokens: give at least 1", generate("--max-tokens=0"));
    refused("0 threads: give at least 1", generate("--threads=0"));
    refused(
        "a temperature of 0.0 cannot be sampled with; give a number above 0, for example 0.8, or"
            + " sample greedily",
        generate("--temperature=0"));
    refused(
        "--top-p says how tokens are drawn, but without --temperature always the likeliest is"
            + " taken: give --temperature 1, or leave it out",
        generate("--top-p=0.9"));
    refused("the prompt has no tokens: give at least a word", generate("--prompt="));
    refused(
        "Missing required option: '--prompt=TEXT' (see gramian generate --help)",
        "generate",
        TO_MODEL);
    refused(
        "a prompt of 0 tokens and 64 more cannot be measured: give at least 1 of each",
        "profile",
        TO_MODEL,
        "--prompt-tokens=0");
    int processors = Runtime.getRuntime().availableProcessors();
    refused(
        "--threads %d, but there are %d processors, and threads that wait for one another keep theirs busy: give at most %d"
            .formatted(processors + 1, processors, processors),
        generate("--threads=" + (processors + 1)));
  }

  private static String[] generate(String option) {
    return option.startsWith("--prompt")
        ? new String[] {"generate", TO_MODEL, option}
        : new String[] {"generate", TO_MODEL, PROMPT, option};
  }

  @Test
  void aCheckpointHasOneWidth() {
    String message =
        " of a checkpoint of floating-point numbers: only a packed artifact has every width; give"
            + " one that gramian quantize wrote, or a slice of the checkpoint";
    refused("keep ratio 0.85" + message, generate("--keep=0.85"));
    refused("keep ratio 0.65" + message, "profile", TO_MODEL, "--keep=1.0,0.65");
    refused(
        "keep ratio 0.65" + message,
        "generate",
        TO_MODEL,
        PROMPT,
        "--widths=1.0,0.65",
        "--memory-floor=1k");
  }

  @Test
  void modelsThatAreNotThereAreRefused() throws IOException {
    String nowhere = folder.resolve("none").toString();
    refused(
        nowhere
            + ": no files there; a checkpoint is a folder with config.json and safetensors"
            + " files",
        "generate",
        PROMPT,
        "--model=" + nowhere);
    refused(
        "--dense hdfs://host/m: weights are mapped into memory, which takes a folder on this"
            + " machine: copy it here",
        "profile",
        TO_MODEL,
        "--dense=hdfs://host/m");
    refused(
        "no --model, and the sample is not at hand: give the option, or start through"
            + " jobs/bin/gramian, which knows where the sample lies",
        "generate",
        PROMPT);
    String config = Files.readString(MODEL.resolve("config.json"));
    refused(
        folder
            + ": no tokenizer.json there; copy it from the checkpoint that the model was made of",
        "generate",
        PROMPT,
        modelWith(config, "model.safetensors"));
  }
}

package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's tables and hidden states as pyarrow sees them. */
class InteropIT {

  private static final Path MODEL = ProcessRun.ROOT.resolve("calibration-data/llama-tiny");
  private static final Path TESTS = ProcessRun.ROOT.resolve("jobs/src/test");

  private static final int SEQUENCES = 7;
  private static final int LENGTH = 13;

  @TempDir private Path scratch;

  private void gramian(String... verb) {
    String[] spark = {"--master=local[2]", "--conf=spark.ui.enabled=false"};
    String[] line = Stream.of(spark, verb).flatMap(Arrays::stream).toArray(String[]::new);
    StringWriter err = new StringWriter();
    int exit = Main.run(line, new PrintWriter(new StringWriter()), new PrintWriter(err));
    assertThat(exit).as(err.toString()).isZero();
  }

  @Test
  void pyarrowReadsWhatARunHolds() throws IOException {
    Path requirements = TESTS.resolve("resources/python/formats.txt");
    PythonEnvironment python = PythonEnvironment.of("formats", requirements);
    Path text =
        Files.writeString(
            scratch.resolve("text.txt"), "In the beginning was the word.\n".repeat(40));
    Path run = scratch.resolve("run");
    List<String> inputs =
        List.of(
            "--model=" + MODEL,
            "--calibration=" + text,
            "--sequence-length=" + LENGTH,
            "--sequences=" + SEQUENCES,
            "--output=" + run);
    gramian(
        Stream.concat(Stream.of("calibrate", "--keep-hidden-states"), inputs.stream())
            .toArray(String[]::new));
    gramian(Stream.concat(Stream.of("sort"), inputs.stream()).toArray(String[]::new));

    ProcessRun read =
        python.run(
            scratch, Map.of(), TESTS.resolve("python/read_tables.py").toString(), run.toString());

    assertThat(read.exitCode()).as(read.err()).isZero();
    // 6 MLPs, and query-key and value-output of 6 attentions with 2 KV heads each.
    assertThat(read.out().lines())
        .contains(
            "rank-orders 30 block_index:int32 layer_index:int32 mixer:string coupling:string"
                + " head:int32 unit:string criterion:string order:list<element: int32 not null>"
                + " score:list<element: double not null>",
            "calibration 7 sequence_id:int64 input_ids:list<element: int32 not null>"
                + " token_count:int32")
        .anyMatch(
            line ->
                line.equals(
                    "block-012 "
                        + SEQUENCES * LENGTH
                        + " sequence_id:int64 position:int32 token:int32"
                        + " hidden:fixed_size_list<element: float not null>[256]"));
  }
}

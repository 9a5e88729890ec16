package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanCommandTest {

  private static final String LLAMA =
      ProcessRun.ROOT.resolve("conf/shapes/llama-3.1-8b").toString();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** On executors of two cores with that memory. */
  private int run(String heap, String outside, String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "--master=yarn",
                "--conf=spark.executor.memory=" + heap,
                "--conf=spark.executor.memoryOverhead=" + outside,
                "--conf=spark.executor.cores=2",
                "--conf=spark.executor.instances=3",
                "plan",
                "--model=" + LLAMA));
    line.addAll(List.of(arguments));
    return Main.run(line.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void aConfigIsEnough() {
    assertThat(run("8g", "16g")).as(err.toString()).isZero();
    assertThat(out.toString().lines().map(text -> text.replaceAll(" +", " ")))
        .contains("llama, 8,030,261,248 parameters in 64 blocks; 128 sequences of 512 tokens")
        .contains("an executor has 8.0 GiB of heap and 16.0 GiB beside it, for 2 tasks at a time")
        .anyMatch(text -> text.matches("calibrate \\d.\\d GiB .* 2 forward passes"))
        .anyMatch(text -> text.matches("sort .*being ranked"))
        .contains("a task sends 1015 MiB of an mlp block")
        .anyMatch(text -> text.startsWith("calibrate on 3 executors: 412.9 GiB in 12 tasks"));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatCannotFitEndsWithTheNumbersAndWhatWould() {
    assertThat(run("3g", "6g")).isEqualTo(2);
    assertThat(out.toString()).contains("2 forward passes: does not fit");
    assertThat(err.toString())
        .startsWith("gramian: calibrate takes ")
        .contains("set spark.executor.memory=")
        .hasLineCount(1);
  }

  @Test
  void onlyThePhasesAskedFor() {
    assertThat(run("3g", "6g", "--phases=sort")).as(err.toString()).isZero();
    assertThat(out.toString()).doesNotContain("quantize");
    assertThat(run("3g", "6g", "--phases=sort,allocate")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "gramian: --phases names allocate, which is none of calibrate, sort, evaluate, quantize"
                + " and finetune\n");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThat(run("3g", "6g", "--sequences=0")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("gramian: --sequence-length and --sequences must be at least 1\n");
  }
}

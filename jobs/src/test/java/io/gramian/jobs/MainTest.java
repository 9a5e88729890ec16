package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.UserException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  private int runFailing(Throwable failure) {
    CommandLine line = Main.commandLine().addSubcommand("fail", new Failing(failure));
    return Main.run(line, new String[] {"fail"}, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void helpGoesToStandardOutput() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: gramian [-hV] [--master=URL] [--properties-file=FILE]\n")
        .contains(" [--conf=KEY=VALUE]... VERB\n")
        .contains("gramian sort --model /models/Llama-3.2-1B --calibration corpus.jsonl")
        .contains("results in runs/Llama-3.2-1B");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everyVerbHasHelpWithDefaults() {
    Main.commandLine()
        .getSubcommands()
        .forEach(
            (verb, line) -> {
              assertThat(run(verb, "--help")).as(verb).isZero();
              assertThat(line.getCommandSpec().usageMessage().description()).as(verb).isNotEmpty();
            });
    assertThat(out.toString()).contains("Tokens of a sequence (default: 512).");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void versionTellsSparksToo() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString())
        .matches("gramian \\d+\\.\\d+\\.\\S+\nSpark 4\\.1\\.0, Java 17\\S*\n");
  }

  @Test
  void unknownOptionIsTheUsers() {
    assertThat(run("tokenize", "--modle")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            """
            gramian: Unknown option: '--modle' (see gramian tokenize --help)
            Possible solutions: --model
            """);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void unknownVerbIsTheUsers() {
    assertThat(run("tokenise")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("gramian: Unmatched argument at index 0: 'tokenise' (see gramian --help)\n")
        .contains("gramian tokenize")
        .hasLineCount(2);
  }

  @Test
  void unknownAllocationIsTheUsers() {
    String profile = ProcessRun.ROOT.resolve("conf/profiles/small.yaml").toString();
    String[] line = {
      "ablate",
      "--model=m",
      "--calibration=c",
      "--text=t",
      "--profile",
      profile,
      "--allocation=head"
    };
    assertThat(run(line)).isEqualTo(2);
    assertThat(err)
        .hasToString("gramian: --allocation 'head' is not one of off, on, layer, block\n");
  }

  @Test
  void singularValuesOfAnotherCriterionAreTheUsers() {
    String message =
        "gramian: --mlp-singular-values 16 goes with --mlp ridge-leverage alone, and --mlp is"
            + " energy: give --mlp ridge-leverage, or leave --mlp-singular-values out\n";
    assertThat(run("sort", "--mlp=energy", "--mlp-singular-values=16")).isEqualTo(2);
    assertThat(err).hasToString(message);
  }

  @Test
  void missingVerbIsTheUsers() {
    assertThat(run()).isEqualTo(2);
    assertThat(err).hasToString("gramian: a verb is missing (see gramian --help)\n");
  }

  @Test
  void numberThatIsNoneIsTheUsers() {
    assertThat(run("tokenize", "--sequences", "many")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "gramian: Invalid value for option '--sequences': 'many' is not an int"
                + " (see gramian tokenize --help)\n");
  }

  @Test
  void settingWithoutValueIsTheUsers() {
    assertThat(run("--conf", "spark.ui.enabled", "tokenize")).isEqualTo(2);
    assertThat(err.toString()).contains("'--conf'").contains("KEY=VALUE").hasLineCount(1);
  }

  @Test
  void optionsAreCheckedBeforeSparkStarts() {
    assertThat(run("tokenize", "--model", "nowhere")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "gramian: --model is given but --calibration is not: give both, or neither for the"
                + " sample\n");
  }

  @Test
  void userExceptionOfAVerbIsOneLine() {
    assertThat(runFailing(new UserException("no such model"))).isEqualTo(2);
    assertThat(err).hasToString("gramian: no such model\n");
  }

  @Test
  void exceptionOfAVerbIsABug() {
    assertThat(runFailing(new IllegalStateException("index 3 of 2"))).isEqualTo(3);
    assertThat(err.toString()).contains("index 3 of 2", "\tat ", "this is a bug in Gramian");
  }

  @Test
  void errorOfAVerbIsABug() {
    assertThat(runFailing(new StackOverflowError())).isEqualTo(3);
    assertThat(err.toString()).contains("StackOverflowError", "this is a bug in Gramian");
  }

  @Command
  private record Failing(Throwable failure) implements Runnable {
    @Override
    public void run() {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }
  }
}

package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verbs in a session that somebody else has opened, and goes on using. */
class GramianIT {

  private static final Path MODEL = ProcessRun.ROOT.resolve("calibration-data/llama-tiny");

  @TempDir private Path scratch;

  private SparkSession session;

  @BeforeEach
  void open() {
    session =
        SparkSession.builder()
            .master("local[2]")
            .appName("a notebook")
            .config("spark.ui.enabled", "false")
            .getOrCreate();
  }

  @AfterEach
  void close() {
    session.stop();
  }

  private String run(String... arguments) {
    return Gramian.in(session).run(arguments);
  }

  private String tokenize(String... more) throws IOException {
    Path text = Files.writeString(scratch.resolve("text.txt"), "In the beginning.\n".repeat(40));
    List<String> line =
        List.of(
            "tokenize",
            "--model=" + MODEL,
            "--calibration=" + text,
            "--sequence-length=13",
            "--output=" + scratch.resolve("run"));
    String[] whole = Stream.concat(line.stream(), Stream.of(more)).toArray(String[]::new);
    return run(whole);
  }

  @Test
  void aVerbTellsItsResultsAndLeavesTheSessionOpen() throws IOException {
    assertThat(tokenize()).contains(scratch.resolve("run") + "/calibration");
    assertThat(session.sparkContext().isStopped()).isFalse();
    assertThat(session.sparkContext().appName()).isEqualTo("a notebook");
    assertThat(session.read().parquet(scratch.resolve("run/calibration").toString()).count())
        .isPositive();
  }

  @Test
  void aMistakeIsOneLineAndLeavesTheSessionOpen() {
    assertThatThrownBy(() -> tokenize("--sequences=-3"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("-3")
        .hasMessageNotContaining("gramian: ");
    assertThatThrownBy(() -> run("tokenise"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Unmatched argument at index 0: 'tokenise'");
    assertThat(session.sparkContext().isStopped()).isFalse();
  }

  @Test
  void settingsThatComeTooLateAreRefused() {
    assertThatThrownBy(
            () ->
                run("--conf=spark.gramian.wave.memory=1g", "sort", "--model=m", "--calibration=c"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "--master and --conf are decided when a Spark session starts, and this one is running:"
                + " set them where it is opened, in a notebook in the interpreter's settings");
  }

  @Test
  void planGoesByTheSessionThatIsThere() {
    assertThat(run("plan", "--model=" + MODEL))
        .contains("llama, 6,819,072 parameters", "for 2 tasks at a time");
    assertThatThrownBy(() -> run("--master=yarn", "plan", "--model=" + MODEL))
        .isInstanceOf(UserException.class);
  }
}

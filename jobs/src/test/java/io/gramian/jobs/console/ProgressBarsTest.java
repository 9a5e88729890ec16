package io.gramian.jobs.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressBarsTest {

  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
  private final ProgressBars progress = new ProgressBars(new PrintStream(terminal, true, UTF_8));

  @Test
  void eachPhaseLeavesItsBarBehind() {
    progress.phaseStarted("calibrate", 13);
    progress.advanced(13);
    progress.phaseFinished();
    progress.phaseStarted("sort", 207);
    progress.advanced(104);
    progress.phaseFinished();

    assertThat(terminal.toString(UTF_8).lines().map(String::strip))
        .anyMatch(line -> line.startsWith("calibrate 100%") && line.contains(" 13/13 "))
        .anyMatch(
            line -> line.startsWith("sort") && line.contains(" 50% ") && line.contains("104/207"));
  }

  @Test
  void whatAPhaseSaysStandsBehindItsBar() {
    progress.phaseStarted("finetune", 13);
    progress.detail("loss 3.9");
    progress.advanced(13);
    progress.phaseFinished();

    assertThat(terminal.toString(UTF_8)).contains("loss 3.9");
  }

  @Test
  void newPhaseEndsOneThatWasLeftOpen() {
    progress.phaseStarted("calibrate", 13);
    progress.phaseStarted("sort", 1);
    progress.phaseFinished();
    progress.phaseFinished();

    assertThat(terminal.toString(UTF_8)).contains("calibrate").contains("sort");
  }
}

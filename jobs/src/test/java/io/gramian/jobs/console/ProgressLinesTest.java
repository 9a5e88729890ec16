package io.gramian.jobs.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLinesTest {

  private final StringWriter log = new StringWriter();
  private long seconds = 1_000;
  private final ProgressLines progress =
      new ProgressLines(new PrintWriter(log), () -> seconds * 1_000_000_000);

  @Test
  void lineEveryTenPerCentWithTheTimeLeft() {
    progress.phaseStarted("calibrate", 128);
    for (int done = 1; done <= 128; done++) {
      seconds += 5;
      progress.advanced(done);
    }
    progress.phaseFinished();

    assertThat(log.toString().lines())
        .hasSize(10)
        .startsWith(
            "calibrate: 10 % (13 of 128), 1 min 05 s so far, 9 min 35 s left",
            "calibrate: 20 % (26 of 128), 2 min 10 s so far, 8 min 30 s left")
        .endsWith("calibrate: 100 % (128 of 128), 10 min 40 s");
  }

  @Test
  void leapIsOneLine() {
    progress.phaseStarted("tokenize: read text", 2_234_410);
    seconds += 2;
    progress.advanced(1_000_000);
    progress.advanced(1_000_001);
    progress.advanced(2_234_410);

    assertThat(log)
        .hasToString(
            """
            tokenize: read text: 44 % (1,000,000 of 2,234,410), 2 s so far, 2 s left
            tokenize: read text: 100 % (2,234,410 of 2,234,410), 2 s
            """);
  }

  @Test
  void quickPhaseIsOneLine() {
    progress.phaseStarted("sort", 13);
    for (int done = 1; done <= 13; done++) {
      progress.advanced(done);
    }

    assertThat(log).hasToString("sort: 100 % (13 of 13), 0 s\n");
  }

  @Test
  void phaseWithoutWorkSaysNothing() {
    progress.phaseStarted("sort", 0);
    progress.advanced(0);
    progress.phaseFinished();

    assertThat(log.toString()).isEmpty();
  }

  @Test
  void aPhaseThatHasSomethingToSayIsHeardEveryMinute() {
    progress.phaseStarted("finetune", 1000);
    progress.detail("loss 4.1");
    seconds += 59;
    progress.advanced(1);
    seconds += 1;
    progress.advanced(2);
    progress.detail("loss 3.9");
    seconds += 30;
    progress.advanced(100);
    progress.phaseFinished();
    progress.phaseStarted("sort", 2);
    seconds += 60;
    progress.advanced(1);

    assertThat(log)
        .hasToString(
            """
            finetune: 0 % (2 of 1,000), 1 min 00 s so far, 8 h 19 min left; loss 4.1
            finetune: 10 % (100 of 1,000), 1 min 30 s so far, 13 min 30 s left; loss 3.9
            sort: 50 % (1 of 2), 1 min 00 s so far, 1 min 00 s left
            """);
  }

  @Test
  void nextPhaseBeginsAnew() {
    progress.phaseStarted("one", 1);
    progress.advanced(1);
    progress.phaseFinished();
    seconds += 100;
    progress.phaseStarted("two", 2);
    seconds += 3;
    progress.advanced(1);

    assertThat(log)
        .hasToString(
            """
            one: 100 % (1 of 1), 0 s
            two: 50 % (1 of 2), 3 s so far, 3 s left
            """);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 s", "59, 59 s", "60, 1 min 00 s", "3599, 59 min 59 s", "90061, 25 h 01 min"})
  void timeSpans(long seconds, String text) {
    assertThat(ProgressLines.text(Duration.ofSeconds(seconds).toNanos())).isEqualTo(text);
  }
}

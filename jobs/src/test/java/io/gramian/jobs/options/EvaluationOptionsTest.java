package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EvaluationOptionsTest {

  @AfterEach
  void forgetHome() {
    System.clearProperty(Sample.HOME_PROPERTY);
  }

  private static EvaluationOptions parse(String... args) {
    EvaluationOptions options = new EvaluationOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    return options;
  }

  @Test
  void theTextThatIsGivenWins() {
    assertThat(parse("--text", "held-out.jsonl").text("/models/m").path())
        .isEqualTo("held-out.jsonl");
  }

  @Test
  void theSampleModelHasItsOwnText() {
    System.setProperty(Sample.HOME_PROPERTY, System.getProperty("gramian.root"));

    assertThat(parse().text(Sample.find().model()).path())
        .endsWith("calibration-data/text/public-domain.valid.jsonl");
  }

  @Test
  void anotherModelNeedsAText() {
    System.setProperty(Sample.HOME_PROPERTY, System.getProperty("gramian.root"));

    assertThatThrownBy(() -> parse().text("/models/m"))
        .isInstanceOf(UserException.class)
        .hasMessage("--text is missing: give a held-out text to score /models/m on");
  }
}

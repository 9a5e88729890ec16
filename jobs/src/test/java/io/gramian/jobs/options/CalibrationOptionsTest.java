package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class CalibrationOptionsTest {

  @Command
  private static final class AllOptions {
    @Mixin private CalibrationOptions calibration;
  }

  @TempDir Path home;

  @AfterEach
  void forgetHome() {
    System.clearProperty(Sample.HOME_PROPERTY);
  }

  private static CalibrationOptions parse(String... args) {
    AllOptions options = new AllOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    return options.calibration;
  }

  @Test
  void defaults() {
    CalibrationOptions options = parse("--model", "/m/llama", "--calibration", "text.jsonl");

    assertThat(options.model()).isEqualTo("/m/llama");
    assertThat(options.text())
        .isEqualTo(
            new TextSource(
                "text.jsonl",
                "text",
                new TokenizeRequest.Cut(512, OptionalInt.of(128), Packing.PACK)));
  }

  @Test
  void everyOptionCounts() {
    CalibrationOptions options =
        parse(
            "--model=m --calibration=t --text-column=body --sequence-length=13 --sequences=0"
                .concat(" --packing=split")
                .split(" "));

    assertThat(options.text())
        .isEqualTo(
            new TextSource(
                "t", "body", new TokenizeRequest.Cut(13, OptionalInt.empty(), Packing.SPLIT)));
  }

  @Test
  void oneOfModelAndCalibrationIsNotEnough() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> parse("--model", "m").model())
        .withMessage(
            "--model is given but --calibration is not: give both, or neither for the sample");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> parse("--calibration", "t").model())
        .withMessage(
            "--calibration is given but --model is not: give both, or neither for the sample");
  }

  @Test
  void sampleStandsInForBoth() throws IOException {
    Path sample = Files.createDirectories(home.resolve("calibration-data"));
    Files.createDirectories(sample.resolve("llama-tiny"));
    Files.createDirectories(sample.resolve("text"));
    Files.createFile(sample.resolve("text/public-domain.train.jsonl"));
    Files.createFile(sample.resolve("text/public-domain.valid.jsonl"));
    System.setProperty(Sample.HOME_PROPERTY, home.toString());

    CalibrationOptions options = parse();

    assertThat(options.model()).isEqualTo(sample.resolve("llama-tiny").toString());
    assertThat(options.text().path())
        .isEqualTo(sample.resolve("text/public-domain.train.jsonl").toString());
  }

  @Test
  void sampleOfAnUnknownHomeIsExplained() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> parse().model())
        .withMessage(
            "no --model and no --calibration, and the sample is not at hand: give both options, or"
                + " start through jobs/bin/gramian, which knows where the sample lies");
  }

  @Test
  void incompleteSampleNamesWhatIsMissing() {
    System.setProperty(Sample.HOME_PROPERTY, home.toString());
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> parse().model())
        .withMessage(
            "no --model and no --calibration, and the sample is not complete: %s does not exist;"
                    .formatted(home.resolve("calibration-data/llama-tiny"))
                + " give both options, or restore calibration-data/ from the repository");
  }

  @Test
  void sequencesBelowZeroAreRefused() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> parse("--model=m", "--calibration=t", "--sequences=-1").text())
        .withMessageContaining("-1");
  }
}

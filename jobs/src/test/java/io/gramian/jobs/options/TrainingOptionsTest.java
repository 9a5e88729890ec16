package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.LoraShape;
import io.gramian.compress.finetune.OptimiserSettings;
import io.gramian.compress.finetune.Precision;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.model.KeepRatio;
import io.gramian.spark.finetune.CheckPlan;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TrainingOptionsTest {

  @AfterEach
  void forgetHome() {
    System.clearProperty(Sample.HOME_PROPERTY);
  }

  @Test
  void defaultsAreThoseOfTheSettings() {
    assertThat(training()).isEqualTo(FinetuneSettings.DEFAULT);
    assertThat(parse(new CheckOptions()).plan()).isEqualTo(CheckPlan.DEFAULT);
  }

  @Test
  void everyPartCanBeChosen() {
    assertThat(
            training(
                "--steps=207",
                "--batch=13",
                "--keep=0.5,1.0",
                "--seed=-1",
                "--learning-rate=3e-4",
                "--warm-up=7",
                "--clip=0.5",
                "--weight-decay=0.01",
                "--rank=4",
                "--alpha=32",
                "--dropout=0.1",
                "--precision=bfloat16"))
        .isEqualTo(
            new FinetuneSettings(
                new StepPlan(207, 13, List.of(new KeepRatio(0.5), KeepRatio.FULL), -1),
                new OptimiserSettings(3e-4, 7, 0.5, 0.01),
                new LoraShape(4, 32, 0.1),
                Precision.BFLOAT16));
    assertThat(
            parse(new CheckOptions(), "--check-keep=0.5", "--check-every=13", "--save-every=7")
                .plan())
        .isEqualTo(new CheckPlan(List.of(new KeepRatio(0.5)), 13, 7));
  }

  @Test
  void whatIsOutOfRangeIsTheUsers() {
    assertThatThrownBy(() -> training("--rank=0"))
        .isInstanceOf(UserException.class)
        .hasMessage("LoRA rank 0 is less than 1: give for example 8");
  }

  @Test
  void textsAreCutAlikeAndOnlyTheHeldOutOneIsSampled() {
    TrainingTextOptions texts =
        parse(
            new TrainingTextOptions(),
            "--training=t.jsonl",
            "--text=h.txt",
            "--text-column=body",
            "--sequence-length=128",
            "--check-sequences=13");
    assertThat(texts.training("m").path()).isEqualTo("t.jsonl");
    assertThat(texts.training("m").textColumn()).isEqualTo("body");
    assertThat(texts.training("m").cut().sequenceLength()).isEqualTo(128);
    assertThat(texts.training("m").cut().maximumSequences()).isEmpty();
    assertThat(texts.heldOut("m").path()).isEqualTo("h.txt");
    assertThat(texts.heldOut("m").cut().sequenceLength()).isEqualTo(128);
    assertThat(texts.heldOut("m").cut().maximumSequences()).isEqualTo(OptionalInt.of(13));
    assertThat(
            parse(new TrainingTextOptions(), "--text=h", "--check-sequences=0")
                .heldOut("m")
                .cut()
                .maximumSequences())
        .isEmpty();
  }

  @Test
  void theSampleModelHasItsOwnTexts() {
    System.setProperty(Sample.HOME_PROPERTY, System.getProperty("gramian.root"));
    TrainingTextOptions texts = parse(new TrainingTextOptions());

    assertThat(texts.training(Sample.find().model()).path()).endsWith("public-domain.train.jsonl");
    assertThat(texts.heldOut(Sample.find().model()).path()).endsWith("public-domain.valid.jsonl");
    assertThatThrownBy(() -> texts.training("/models/m"))
        .isInstanceOf(UserException.class)
        .hasMessage("--training is missing: give a text to fine-tune /models/m on");
    assertThatThrownBy(() -> texts.heldOut("/models/m"))
        .isInstanceOf(UserException.class)
        .hasMessage("--text is missing: give a held-out text to score /models/m on");
  }

  private static FinetuneSettings training(String... arguments) {
    return parse(new TrainingOptions(), arguments).settings();
  }

  private static <T> T parse(T options, String... arguments) {
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    return options;
  }
}

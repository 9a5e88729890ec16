package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.quantize.ScaleRule;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.quantize.Rounding;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample quantised as a phase of a run: evaluated, sliced, and not done twice. */
class QuantizePhaseIT {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));
  private static final String MODEL = ROOT.resolve("calibration-data/llama-tiny").toString();
  private static final Path TEXTS = ROOT.resolve("calibration-data/text");

  private static final DeviceProfile PROFILE =
      new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128);
  private static final QuantizeSettings SETTINGS =
      new QuantizeSettings(Rounding.GPTQ, ScaleRule.SEARCHED, PROFILE);
  private static final KeepRatio NARROW = new KeepRatio(0.65);
  private static final WidthRequest WIDTHS =
      new WidthRequest(List.of(KeepRatio.FULL, NARROW), PROFILE.granularity());

  @TempDir private Path folder;

  private final RecordedProgress progress = new RecordedProgress();

  @Test
  void fromTheSortedModelToASliceOfTheArtifact() throws IOException {
    Pipeline pipeline = pipeline(MODEL, "run");
    pipeline.sort(text("train", 8), SortCriteria.DEFAULT);
    pipeline.allocate(
        text("train", 8), new AllocateRequest(List.of(NARROW), AllocationRule.DEFAULT, PROFILE));
    HadoopDirectory artifact = pipeline.quantize(Optional.empty(), SETTINGS);
    assertThat(artifact.name()).isEqualTo(folder + "/run/quantized");
    assertThat(folder.resolve("run/quantized/tokenizer.json")).exists();
    assertThat(folder.resolve("run/quantising")).doesNotExist();
    assertThat(folder.resolve("run/sorted/SHA256SUMS")).doesNotExist();
    Sha256Sums sums = Sha256Sums.read(artifact).orElseThrow();
    assertThat(sums.digests()).containsKeys("model.safetensors", "tokenizer.json");
    sums.verify(artifact);
    try (PackedCheckpoint packed =
        PackedCheckpoint.open(LocalDirectory.of(folder.resolve("run/quantized")))) {
      assertThat(packed.quantisation().widthsAt(NARROW)).isPresent();
      assertThat(packed.quantisation().source()).isEqualTo("sorted");
    }

    List<Evaluation> stages = pipeline.evaluate(text("valid", 4), WIDTHS);
    assertThat(stages)
        .extracting(e -> e.stage() + " " + e.keepRatio() + " " + e.allocation())
        .containsExactly(
            "model 1.0 uniform",
            "sorted 1.0 uniform",
            "sorted 0.65 allocated",
            "quantized 1.0 uniform",
            "quantized 0.65 allocated");
    assertThat(stages.get(3).loss()).isBetween(stages.get(1).loss(), stages.get(2).loss());
    assertThat(stages.get(4).loss()).isGreaterThan(stages.get(2).loss());
    assertThat(stages.get(3).bytes()).isLessThan(stages.get(1).bytes() / 3);

    HadoopDirectory slice =
        pipeline
            .slice(
                new WidthRequest(List.of(NARROW), PROFILE.granularity()), Optional.of("quantized"))
            .get(0);
    assertThat(slice.name()).isEqualTo(folder + "/run/sliced/quantized-keep-0.65");
    Sha256Sums.read(slice).orElseThrow().verify(slice);
    Evaluation cut =
        pipeline(slice.path().toString(), "read-back")
            .evaluate(text("valid", 4), WidthRequest.FULL)
            .get(0);
    assertThat(cut.loss()).isEqualTo(stages.get(4).loss());
    assertThat(cut.bytes()).isEqualTo(stages.get(4).bytes());

    String manifest = Files.readString(folder.resolve("run/manifest.json"));
    assertThat(manifest).contains("\"rounding\": \"gptq\"").contains("quantized/gramian.json");
    int before = progress.phases().size();
    pipeline(MODEL, "run").quantize(Optional.empty(), SETTINGS);
    assertThat(progress.phases()).hasSize(before);
    QuantizeSettings other = new QuantizeSettings(Rounding.NEAREST, ScaleRule.MAX, PROFILE);
    assertThatThrownBy(() -> pipeline(MODEL, "run").quantize(Optional.empty(), other))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + "/run holds the results of another quantize (rounding was gptq, is nearest; scale"
                + " was searched, is max): give another --output, or --overwrite to replace them");
  }

  @Test
  void stagesThatAreNoneAreNamed() throws IOException {
    Pipeline pipeline = pipeline(MODEL, "run");
    assertThatThrownBy(() -> pipeline.quantize(Optional.empty(), SETTINGS))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(folder + "/run holds no sorted model");
    pipeline.sort(text("train", 2), SortCriteria.DEFAULT);
    assertThatThrownBy(() -> pipeline.quantize(Optional.of("quantized"), SETTINGS))
        .isInstanceOf(UserException.class)
        .hasMessage("--stage quantized cannot be quantised: give one of [finetuned, sorted]");
    assertThatThrownBy(() -> pipeline.quantize(Optional.of("finetuned"), SETTINGS))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder + "/run holds no finetuned model: run finetune with that --output first");
    assertThatThrownBy(() -> pipeline.slice(WIDTHS, Optional.of("model")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "--stage model has no narrower widths: give one of [finetuned, quantized, sorted]");
  }

  private static TextSource text(String part, int sequences) {
    return new TextSource(
        TEXTS.resolve("public-domain." + part + ".jsonl").toString(),
        "text",
        new TokenizeRequest.Cut(128, OptionalInt.of(sequences), Packing.PACK));
  }

  private Pipeline pipeline(String model, String name) throws IOException {
    Run run =
        Run.open(
            TestSession.context(),
            CalibrationFolder.directory(folder.resolve(name)),
            List.of("quantize"),
            ExistingOutputs.REFUSE);
    PipelineSettings settings = new PipelineSettings(model, Long.MAX_VALUE, 2);
    return new Pipeline(TestSession.get(), run, settings, progress);
  }
}

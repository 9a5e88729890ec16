package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.Allocation;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample at several widths: evaluated in memory, cut to disk, and read back. */
class WidthsIT {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));
  private static final String MODEL = ROOT.resolve("calibration-data/llama-tiny").toString();
  private static final Path TEXTS = ROOT.resolve("calibration-data/text");

  private static final Granularity STEPS = new Granularity(64, 8, 8, 2);

  @TempDir private Path folder;

  @Test
  void aSliceScoresAsItDidInMemory() throws IOException {
    Pipeline pipeline = pipeline(MODEL, "run");
    pipeline.sort(text("train", 24), SortCriteria.DEFAULT);
    List<Evaluation> stages = pipeline.evaluate(text("valid", 13), widths("0.85,1.0,0.65"));

    assertThat(stages)
        .extracting(e -> e.stage() + " " + e.keepRatio() + " " + e.allocation())
        .containsExactly(
            "model 1.0 uniform",
            "sorted 1.0 uniform",
            "sorted 0.85 uniform",
            "sorted 0.65 uniform");
    assertThat(stages).extracting(Evaluation::loss).element(2).isNotEqualTo(stages.get(1).loss());
    assertThat(Evaluation.widest(stages)).isEqualTo(stages.get(1));
    assertThat(stages.get(3).perplexity()).isGreaterThan(stages.get(2).perplexity());

    List<HadoopDirectory> slices = pipeline.slice(widths("0.85"));
    assertThat(slices).hasSize(1);
    Evaluation cut =
        pipeline(slices.get(0).path().toString(), "read-back")
            .evaluate(text("valid", 13), WidthRequest.FULL)
            .get(0);
    assertThat(cut.loss()).isCloseTo(stages.get(2).loss(), within(1e-6));
    assertThat(cut.parameters()).isEqualTo(stages.get(2).parameters());
    assertThat(cut.bytes()).isEqualTo(stages.get(2).bytes());
    assertThat(folder.resolve("run/sliced/keep-0.85/tokenizer.json")).exists();
    assertThat(Files.readString(folder.resolve("run/manifest.json")))
        .contains("sliced/keep-0.85/model.safetensors");
  }

  @Test
  void theRunsAllocationGivesTheWidths() throws IOException {
    Pipeline pipeline = pipeline(MODEL, "run");
    pipeline.sort(text("train", 6), SortCriteria.DEFAULT);
    DeviceProfile profile = new DeviceProfile("small", STEPS, 128);
    KeepRatio ratio = new KeepRatio(0.75);
    Allocation allocation =
        pipeline
            .allocate(
                text("train", 6),
                new AllocateRequest(List.of(ratio), AllocationRule.DEFAULT, profile))
            .get(0);
    HadoopDirectory slice = pipeline.slice(widths("0.75")).get(0);
    try (ModelCheckpoint model = ModelCheckpoint.open(CalibrationFolder.directory(Path.of(MODEL)));
        ModelCheckpoint cut = ModelCheckpoint.open(slice)) {
      cut.validate();
      assertThat(cut.metadata().orElseThrow().widths())
          .isEqualTo(allocation.widths(model.spec()))
          .isNotEqualTo(Map.of());
    }
    assertThat(pipeline.evaluate(text("valid", 2), widths("0.75,0.85")))
        .extracting(Evaluation::allocation)
        .containsExactly("uniform", "uniform", "allocated");
  }

  @Test
  void onlyASortedModelCanBeCut() throws IOException {
    String message =
        folder
            + "/run holds no sorted model, and only one in order can be cut: run sort with that"
            + " --output first";
    Pipeline pipeline = pipeline(MODEL, "run");
    assertThatThrownBy(() -> pipeline.evaluate(text("valid", 1), widths("1.0,0.85")))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> pipeline.slice(widths("0.85")))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
    assertThat(folder.resolve("run")).doesNotExist();
  }

  private static WidthRequest widths(String ratios) {
    return new WidthRequest(
        Arrays.stream(ratios.split(",", -1)).map(KeepRatio::parse).toList(), STEPS);
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
            List.of("evaluate"),
            ExistingOutputs.REFUSE);
    PipelineSettings settings = new PipelineSettings(model, Long.MAX_VALUE, 2);
    return new Pipeline(TestSession.get(), run, settings, ProgressListener.SILENT);
  }
}

package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.OptimiserSettings;
import io.gramian.compress.finetune.Precision;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.model.BlockWidths;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.Allocation;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.finetune.CheckPlan;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.finetune.HeldOutLoss;
import io.gramian.spark.finetune.TrainingHistory;
import io.gramian.spark.finetune.TrainingWidths;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample sorted, allocated and fine-tuned; then what the other phases make of it. */
class FinetunePhaseIT {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));
  private static final String MODEL = ROOT.resolve("calibration-data/llama-tiny").toString();
  private static final Path TEXTS = ROOT.resolve("calibration-data/text");

  private static final Granularity STEPS = new Granularity(64, 8, 8, 2);
  private static final KeepRatio NARROW = new KeepRatio(0.75);

  @TempDir private static Path folder;

  private static List<HeldOutLoss> losses;

  @BeforeAll
  static void finetune() throws IOException {
    Pipeline pipeline = pipeline("run");
    pipeline.sort(text("train", 6), SortCriteria.DEFAULT);
    pipeline.allocate(
        text("train", 6),
        new AllocateRequest(
            List.of(NARROW), AllocationRule.DEFAULT, new DeviceProfile("small", STEPS, 128)));
    losses = pipeline.finetune(text("train", 13), text("valid", 3), request(5, 4, 2));
  }

  @Test
  void theMergedModelScoresAsItsAdaptersDid() throws IOException {
    List<Evaluation> stages = pipeline("run").evaluate(text("valid", 3), widths());
    assertThat(stages)
        .extracting(e -> e.stage() + " " + e.keepRatio() + " " + e.allocation())
        .containsExactly(
            "model 1.0 uniform",
            "sorted 1.0 uniform",
            "sorted 0.75 allocated",
            "finetuned 1.0 uniform",
            "finetuned 0.75 allocated");
    long best = TrainingHistory.bestOf(losses);
    assertThat(best).isPositive();
    for (int i = 0; i < 2; i++) {
      // The stored weights are rounded to BF16, the adapters are not.
      assertThat(stages.get(1 + i).loss()).isCloseTo(loss(0, i), within(1e-4));
      assertThat(stages.get(3 + i).loss()).isCloseTo(loss(best, i), within(2e-3));
      assertThat(stages.get(3 + i).loss()).isNotEqualTo(stages.get(1 + i).loss());
    }
  }

  private static double loss(long updates, int width) {
    return losses.stream().filter(l -> l.updates() == updates).toList().get(width).loss();
  }

  @Test
  void itIsACheckpointLikeTheSortedOne() throws IOException {
    try (ModelCheckpoint sorted = ModelCheckpoint.open(directory("run/sorted"));
        ModelCheckpoint tuned = ModelCheckpoint.open(directory("run/finetuned"))) {
      tuned.validate();
      assertThat(tuned.spec()).isEqualTo(sorted.spec());
      assertThat(tensors(tuned)).isEqualTo(tensors(sorted));
    }
    for (String file : List.of("gramian.json", "config.json", "tokenizer.json")) {
      assertThat(folder.resolve("run/finetuned").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("run/sorted").resolve(file));
    }
  }

  private static Map<String, TensorSpec> tensors(ModelCheckpoint model) {
    return model.checkpoint().tensorNames().stream()
        .collect(
            Collectors.toMap(name -> name, name -> TensorSpec.of(model.checkpoint().info(name))));
  }

  @Test
  void theRunsRuleAllocatesEveryRatio() throws IOException {
    KeepRatio other = new KeepRatio(0.85);
    try (ModelCheckpoint model = ModelCheckpoint.open(CalibrationFolder.directory(Path.of(MODEL)));
        ModelCheckpoint sorted = ModelCheckpoint.open(directory("run/sorted"))) {
      SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths =
          new TrainingWidths(directory("run"), model.spec(), sorted.spec(), STEPS)
              .of(List.of(NARROW, other, KeepRatio.FULL));
      assertThat(widths).containsOnlyKeys(NARROW, other);
      Allocation written = Allocation.read(directory("run/ratios"), "keep-0.75.json");
      assertThat(widths.get(NARROW)).isEqualTo(written.widths(sorted.spec()));
      SortedMap<KeepRatio, Map<Integer, BlockWidths>> uniform =
          new TrainingWidths(directory("no-run"), model.spec(), sorted.spec(), STEPS)
              .of(List.of(other));
      assertThat(uniform.get(other).get(0))
          .isEqualTo(BlockWidths.uniform(sorted.spec().blocks().get(0), other, STEPS));
      assertThat(widths.get(other)).isNotEqualTo(uniform.get(other)).hasSize(12);
    }
  }

  @Test
  void theBooksTellOfItAndARerunDoesNothing() throws IOException {
    RunManifest manifest = RunManifest.read(directory("run")).orElseThrow();
    assertThat(manifest.phase("finetune").orElseThrow().outputs())
        .extracting(RunManifest.Output::file)
        .contains(
            "finetuned/model.safetensors",
            "training-check/part-00000.parquet",
            "training-log/part-00000.parquet");
    assertThat(manifest.recipe().get("finetune"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("steps", "5")
        .containsEntry("batch", "4")
        .containsEntry("precision", "float32")
        .containsKeys("sort", "training", "training-check-text", "widths", "learning-rate");
    assertThat(folder.resolve("run/training/calibration/part-00000.parquet")).exists();
    assertThat(folder.resolve("run/training-checkpoints")).doesNotExist();

    String before = Files.readString(folder.resolve("run/manifest.json"));
    assertThat(pipeline("run").finetune(text("train", 13), text("valid", 3), request(5, 4, 1)))
        .isEqualTo(losses);
    assertThat(folder.resolve("run/manifest.json")).hasContent(before);
    assertThatThrownBy(
            () -> pipeline("run").finetune(text("train", 13), text("valid", 3), request(6, 4, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("holds the results of another finetune (steps was 5, is 6)");
  }

  @Test
  void slicesAreOfTheFineTunedModelUnlessToldOtherwise() throws IOException {
    Path slice = folder.resolve("run/sliced/keep-0.75/model.safetensors");
    pipeline("run").slice(widths(), Optional.of("sorted"));
    byte[] ofSorted = Files.readAllBytes(slice);
    assertThatThrownBy(() -> pipeline("run").slice(widths(), Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("holds the results of another slice keep-1.00")
        .hasMessageContaining("--overwrite");
    new Pipeline(
            TestSession.get(),
            Run.open(
                TestSession.context(), directory("run"), List.of("slice"), ExistingOutputs.REPLACE),
            settings(),
            ProgressListener.SILENT)
        .slice(widths(), Optional.empty());
    assertThat(Files.readAllBytes(slice)).isNotEqualTo(ofSorted).hasSameSizeAs(ofSorted);
    assertThat(folder.resolve("run/sliced/keep-1.00/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("run/finetuned/model.safetensors"));
  }

  @Test
  void stagesThatAreNotThereAreNamed() throws IOException {
    assertThatThrownBy(() -> pipeline("run").slice(widths(), Optional.of("model")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "--stage model has no narrower widths: give one of [finetuned, quantized, sorted]");
    pipeline("only-sorted").sort(text("train", 6), SortCriteria.DEFAULT);
    assertThatThrownBy(() -> pipeline("only-sorted").slice(widths(), Optional.of("finetuned")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder.resolve("only-sorted")
                + " holds no finetuned model: run finetune with that --output first");
  }

  @Test
  void whatCannotWorkIsToldBeforeAnyTraining() throws IOException {
    assertThatThrownBy(
            () -> pipeline("none").finetune(text("train", 9), text("valid", 3), request(5, 4, 2)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder.resolve("none")
                + " holds no sorted model, and only one in order can be cut: run sort with that"
                + " --output first");
    assertThatThrownBy(
            () -> pipeline("run").finetune(text("train", 13), text("valid", 3), request(5, 4, 3)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("3 workers train at the same time, but Spark has 2 task slots:");
    assertThatThrownBy(
            () -> pipeline("run").finetune(text("train", 13), text("valid", 3), request(5, 5, 2)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "a batch of 5 sequences cannot be shared out equally over 2 workers: give --batch 6, or"
                + " --workers 1");
    assertThatThrownBy(
            () -> pipeline("run").finetune(text("train", 13), text("valid", 3), request(5, 14, 2)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "the training text gives 13 sequences of up to 64 tokens, fewer than a batch of 14: give"
                + " more text, a smaller --batch, or a smaller --sequence-length");
  }

  private static FinetuneRequest request(int steps, int batch, int workers) {
    return new FinetuneRequest(
        FinetuneSettings.DEFAULT
            .withPlan(new StepPlan(steps, batch, List.of(NARROW, KeepRatio.FULL), 13))
            .withOptimiser(new OptimiserSettings(3e-3, 1, 1, 0))
            .withPrecision(Precision.FLOAT32),
        new CheckPlan(List.of(NARROW, KeepRatio.FULL), 2, 50),
        OptionalInt.of(workers),
        STEPS);
  }

  private static WidthRequest widths() {
    return new WidthRequest(List.of(NARROW, KeepRatio.FULL), STEPS);
  }

  private static TextSource text(String part, int sequences) {
    return new TextSource(
        TEXTS.resolve("public-domain." + part + ".jsonl").toString(),
        "text",
        new TokenizeRequest.Cut(64, OptionalInt.of(sequences), Packing.PACK));
  }

  private static HadoopDirectory directory(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }

  private static PipelineSettings settings() {
    return new PipelineSettings(MODEL, Long.MAX_VALUE, 2);
  }

  private static Pipeline pipeline(String name) throws IOException {
    Run run =
        Run.open(
            TestSession.context(), directory(name), List.of("finetune"), ExistingOutputs.REFUSE);
    return new Pipeline(TestSession.get(), run, settings(), ProgressListener.SILENT);
  }
}

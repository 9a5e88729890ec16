package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.TestData;
import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.OptimiserSettings;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.compress.quantize.ScaleRule;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.finetune.CheckPlan;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.quantize.Rounding;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The README's results: rows for all five families, dense and in 4 bits at four widths, without and
 * with fine-tuning, on the sample's texts. {@code -Dgramian.steps=0} leaves the fine-tuning out.
 */
class CompressBenchmark {

  private static final Path TEXTS =
      Path.of(System.getProperty("gramian.root")).resolve("calibration-data/text");

  private static final DeviceProfile PROFILE =
      new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128);

  private static final List<KeepRatio> NARROW =
      Stream.of("0.85", "0.75", "0.65").map(KeepRatio::parse).toList();

  private static final WidthRequest WIDTHS =
      new WidthRequest(
          Stream.concat(Stream.of(KeepRatio.FULL), NARROW.stream()).toList(),
          PROFILE.granularity());

  private static final int STEPS = Integer.getInteger("gramian.steps", 300);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-tiny", "qwen2-tiny", "mamba2-tiny", "bamba-tiny", "nemotron-h-tiny"})
  void compress(String model) throws IOException {
    List<Evaluation> plain = compress(model, "plain", Optional.empty());
    print(model, plain);
    if (STEPS > 0) {
      print(model + ", fine-tuned", compress(model, "tuned", Optional.of(training())));
    }
    Evaluation dense = plain.get(0);
    Evaluation whole = quantised(plain).get(0);
    assertThat(whole.perplexity()).isLessThan(1.07 * dense.perplexity());
  }

  private List<Evaluation> compress(String model, String run, Optional<FinetuneRequest> finetuning)
      throws IOException {
    Pipeline pipeline = pipeline(TestData.folder(model).toString(), run);
    TextSource text = text("train", 512, OptionalInt.of(128));
    pipeline.sort(text, SortCriteria.DEFAULT);
    pipeline.allocate(text, new AllocateRequest(NARROW, AllocationRule.DEFAULT, PROFILE));
    if (finetuning.isPresent()) {
      pipeline.finetune(
          text("train", 256, OptionalInt.empty()),
          text("valid", 256, OptionalInt.of(64)),
          finetuning.get());
    }
    pipeline.quantize(
        Optional.empty(), new QuantizeSettings(Rounding.GPTQ, ScaleRule.SEARCHED, PROFILE));
    return pipeline.evaluate(text("valid", 512, OptionalInt.empty()), WIDTHS);
  }

  private static FinetuneRequest training() {
    return new FinetuneRequest(
        FinetuneSettings.DEFAULT
            .withPlan(StepPlan.DEFAULT.withSteps(STEPS))
            .withOptimiser(OptimiserSettings.DEFAULT.withLearningRate(5e-4).withWarmupSteps(30)),
        CheckPlan.DEFAULT,
        OptionalInt.empty(),
        PROFILE.granularity());
  }

  private static List<Evaluation> quantised(List<Evaluation> stages) {
    return stages.stream().filter(stage -> stage.stage().equals("quantized")).toList();
  }

  /** Perplexity, top-1 and size: dense in MB, then every width in parts of that. */
  private static void print(String name, List<Evaluation> stages) {
    Evaluation dense = stages.get(0);
    StringBuilder line = new StringBuilder("| ").append(name);
    line.append(
        String.format(
            Locale.ROOT,
            " | %.2f / %.4f, %.2f MB",
            dense.perplexity(),
            dense.top1Accuracy(),
            2e-6 * dense.parameters()));
    for (Evaluation stage : quantised(stages)) {
      line.append(
          String.format(
              Locale.ROOT,
              " | %.2f / %.4f, %.2fx",
              stage.perplexity(),
              stage.top1Accuracy(),
              2.0 * dense.parameters() / stage.bytes()));
    }
    System.out.println(line.append(" |"));
  }

  private static TextSource text(String part, int length, OptionalInt sequences) {
    return new TextSource(
        TEXTS.resolve("public-domain." + part + ".jsonl").toString(),
        "text",
        new TokenizeRequest.Cut(length, sequences, Packing.PACK));
  }

  private Pipeline pipeline(String model, String name) throws IOException {
    Run run =
        Run.open(
            TestSession.context(),
            CalibrationFolder.directory(folder.resolve(name)),
            List.of("compress"),
            ExistingOutputs.REFUSE);
    PipelineSettings settings = new PipelineSettings(model, Long.MAX_VALUE, 2);
    return new Pipeline(TestSession.get(), run, settings, ProgressListener.SILENT);
  }
}

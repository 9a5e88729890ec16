package io.gramian.spark.report;

import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.model.Coupling;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.Unit;
import io.gramian.model.allocation.Allocation;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.allocation.BlockAllocation;
import io.gramian.model.allocation.SegmentWidth;
import io.gramian.spark.ablate.AblateRequest;
import io.gramian.spark.ablate.NamedCriteria;
import io.gramian.spark.ablate.WidthChoice;
import io.gramian.spark.finetune.CheckPlan;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.run.ExistingOutputs;
import io.gramian.spark.run.Pipeline;
import io.gramian.spark.run.PipelineSettings;
import io.gramian.spark.run.Reporting;
import io.gramian.spark.run.Run;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.run.WidthRequest;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** A small real run of the sample, made once, in {@code target/}; its model's name is markup. */
final class SampleRun {

  /** The folder {@code b>} in the folder {@code <b>x<}. */
  static final String MODEL_PATH = "<b>x</b>";

  static final Path FOLDER =
      Path.of(System.getProperty("user.dir"), "target", "report-it").toAbsolutePath();

  private static final Path SAMPLE =
      Path.of(System.getProperty("gramian.root"), "calibration-data");

  private SampleRun() {}

  /** The run with all that a report can show, and its report. */
  static Path reported() {
    return Holder.RUN;
  }

  /** The pipeline of a run under {@link #FOLDER}. */
  static Pipeline pipeline(String run) throws IOException {
    return new Pipeline(
        TestSession.get(),
        Run.open(
            TestSession.context(),
            directory(run),
            List.of("ablate", "--output", "it's </script>"),
            ExistingOutputs.REFUSE),
        new PipelineSettings(FOLDER.resolve(MODEL_PATH).toString(), Long.MAX_VALUE, 2),
        ProgressListener.SILENT);
  }

  static HadoopDirectory directory(String run) {
    return HadoopDirectory.of(
        FOLDER.resolve(run).toString(), TestSession.context().hadoopConfiguration());
  }

  /** Removes what an earlier test run left. */
  static void delete(String run) throws IOException {
    HadoopDirectory.of(FOLDER.toString(), TestSession.context().hadoopConfiguration()).delete(run);
  }

  /** The first sequences of the sample's {@code train} or {@code valid} text. */
  static TextSource text(String part) {
    return new TextSource(
        SAMPLE.resolve("text/public-domain." + part + ".jsonl").toString(),
        "text",
        new TokenizeRequest.Cut(64, OptionalInt.of(13), Packing.PACK));
  }

  private static final class Holder {

    private static final DeviceProfile SMALL =
        new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128);

    private static final Path RUN = make();

    private static Path make() {
      try {
        delete("run");
        copyModel();
        Pipeline pipeline = pipeline("run");
        pipeline.sort(text("train"), SortCriteria.DEFAULT);
        pipeline.ablate(text("train"), text("valid"), request());
        pipeline.evaluate(text("valid"), WidthRequest.FULL);
        pipeline.finetune(text("train"), text("valid"), training());
        allocate(directory("run/ratios"));
        Reporting.run(TestSession.get(), directory("run"));
        return FOLDER.resolve("run");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static AblateRequest request() {
      return new AblateRequest(
          List.of(NamedCriteria.parse("default"), NamedCriteria.parse("paper")),
          List.of(new KeepRatio(0.85), new KeepRatio(0.65)),
          SMALL,
          List.of(new WidthChoice.Uniform()));
    }

    private static FinetuneRequest training() {
      return new FinetuneRequest(
          FinetuneSettings.DEFAULT.withPlan(StepPlan.DEFAULT.withSteps(3).withBatch(2)),
          CheckPlan.DEFAULT,
          OptionalInt.of(1),
          SMALL.granularity());
    }

    /** Two of the twelve blocks are cut. */
    private static void allocate(HadoopDirectory ratios) throws IOException {
      List<SegmentWidth> pairs = List.of(new SegmentWidth(Unit.ROPE_PAIR, 24, 32));
      List<SegmentWidth> rotated = List.of(new SegmentWidth(Unit.ROTATED_CHANNEL, 56, 64));
      List<SegmentWidth> mlp = List.of(new SegmentWidth(Unit.CHANNEL, 448, 512));
      List<BlockAllocation> blocks =
          List.of(
              block(0, Map.of(Coupling.QUERY_KEY, pairs, Coupling.VALUE_OUTPUT, rotated)),
              block(1, Map.of(Coupling.MLP, mlp)));
      new Allocation(new KeepRatio(0.85), 0.85, AllocationRule.DEFAULT, SMALL, blocks)
          .write(ratios);
    }

    private static BlockAllocation block(int index, Map<Coupling, List<SegmentWidth>> widths) {
      return new BlockAllocation(
          index, 0, index == 0 ? "attention" : "mlp", 0.1, new KeepRatio(0.8), widths);
    }

    private static void copyModel() throws IOException {
      Path model = Files.createDirectories(FOLDER.resolve(MODEL_PATH));
      try (Stream<Path> files = Files.list(SAMPLE.resolve("llama-tiny"))) {
        for (Path file : files.toList()) {
          Path copy = model.resolve(file.getFileName());
          if (!Files.exists(copy)) {
            Files.copy(file, copy);
          }
        }
      }
    }
  }
}

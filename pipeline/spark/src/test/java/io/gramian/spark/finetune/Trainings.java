package io.gramian.spark.finetune;

import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.LoraShape;
import io.gramian.compress.finetune.OptimiserSettings;
import io.gramian.compress.finetune.Precision;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.model.BlockWidths;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.apache.spark.sql.SparkSession;

/** Short trainings of the sample, the same in whatever process they run. */
final class Trainings {

  static final Path MODEL =
      Path.of(System.getProperty("gramian.root"), "calibration-data", "llama-tiny");

  static final Granularity STEPS = new Granularity(64, 8, 8, 2);

  /** Of the run; the tests compare results, not recipes. */
  static final String FINGERPRINT = "0123456789abcdef";

  private static final List<KeepRatio> RATIOS =
      List.of(new KeepRatio(0.65), new KeepRatio(0.85), KeepRatio.FULL);

  private Trainings() {}

  /** Batches of 8, a check every 5 steps, a checkpoint every 2. */
  static FinetuneRequest request(int steps, int workers) {
    return new FinetuneRequest(
        new FinetuneSettings(
            new StepPlan(steps, 8, RATIOS, 13),
            new OptimiserSettings(2e-3, 3, 1, 0.01),
            LoraShape.DEFAULT,
            Precision.FLOAT32),
        new CheckPlan(List.of(RATIOS.get(0), KeepRatio.FULL), 5, 2),
        OptionalInt.of(workers),
        STEPS);
  }

  /** Texts from {@code texts/training} and {@code texts/held-out}. */
  static FinetuneInputs inputs(SparkSession session, Path texts) throws IOException {
    HadoopDirectory model = directory(session, MODEL);
    return new FinetuneInputs(
        model,
        CalibrationSet.open(session, texts.resolve("training").toString()),
        CalibrationSet.open(session, texts.resolve("held-out").toString()),
        widths(model));
  }

  private static SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths(HadoopDirectory model)
      throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      return new TrainingWidths(
              model.resolve("no-run"), checkpoint.spec(), checkpoint.spec(), STEPS)
          .of(RATIOS);
    }
  }

  /** Trains into {@code run}. */
  static FinetuneResult run(SparkSession session, Path texts, Path run, FinetuneRequest request)
      throws IOException {
    return new Finetune(session, ProgressListener.SILENT)
        .run(inputs(session, texts), request, directory(session, run), FINGERPRINT);
  }

  static HadoopDirectory directory(SparkSession session, Path folder) {
    return HadoopDirectory.of(folder.toString(), session.sparkContext().hadoopConfiguration());
  }
}

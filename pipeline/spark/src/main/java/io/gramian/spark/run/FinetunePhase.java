package io.gramian.spark.run;

import io.gramian.model.BlockWidths;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.finetune.Finetune;
import io.gramian.spark.finetune.FinetuneInputs;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.finetune.HeldOutLoss;
import io.gramian.spark.finetune.TrainingTables;
import io.gramian.spark.finetune.TrainingWidths;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Fine-tuning as a phase of a run: the texts, the checks before any work, and the books. */
final class FinetunePhase {

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final RunStages stages;
  private final PhaseInputs inputs;
  private final ProgressListener progress;

  /** For the run that {@code stages} are of. */
  FinetunePhase(
      SparkSession session, RunStages stages, PhaseInputs inputs, ProgressListener progress) {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.stages = stages;
    this.inputs = inputs;
    this.progress = progress;
  }

  /** Trains, unless the run proves it done; returns the checks. */
  List<HeldOutLoss> run(
      Texts texts, TextSource training, TextSource heldOut, FinetuneRequest request)
      throws IOException {
    stages.requireSorted();
    int workers = request.workersOn(spark);
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths = widths(request);
    FinetuneInputs given =
        new FinetuneInputs(
            stages.folder(Sort.SORTED),
            texts.tokenize(inputs.tokenize(Texts.TRAINING, training), training),
            texts.tokenize(inputs.tokenize(Texts.TRAINING_CHECK, heldOut), heldOut),
            widths);
    given.requireText(request.settings().plan().batch());
    return run(given, request.resolved(spark, workers));
  }

  private List<HeldOutLoss> run(FinetuneInputs given, FinetuneRequest request) throws IOException {
    Run run = stages.run();
    Ingredients ingredients = inputs.finetune(given, request);
    run.phase(
        ingredients,
        () -> {
          new Finetune(session, progress)
              .run(given, request, run.directory(), ingredients.fingerprint());
          return List.of(Finetune.FINETUNED, TrainingTables.LOG, TrainingTables.CHECKS);
        });
    Finetune.forgetCheckpoints(run.directory());
    return TrainingTables.readChecks(session, run.directory());
  }

  /**
   * Read before anything is tokenised: an allocation that cannot reach a ratio is found out here.
   */
  private SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths(FinetuneRequest request)
      throws IOException {
    HadoopDirectory sorted = stages.folder(Sort.SORTED);
    try (ModelCheckpoint original = ModelCheckpoint.open(stages.model());
        ModelCheckpoint inOrder = ModelCheckpoint.open(sorted)) {
      return new TrainingWidths(
              stages.run().directory(), original.spec(), inOrder.spec(), request.steps())
          .of(request.ratios());
    }
  }
}

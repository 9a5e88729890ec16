package io.gramian.spark.finetune;

import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Trains adapters beside the sorted model for all widths at once and merges the best of them.
 *
 * <p>Cost of a step: about four forward passes over its tokens (one to find the inputs of the
 * blocks, one to compute each again, two for its gradients), spread over the workers, and the sum
 * of one F32 a trained parameter over the network. A worker holds the whole model.
 */
public final class Finetune {

  /** Name of the phase. */
  public static final String PHASE = "finetune";

  /** Folder of the merged checkpoint. */
  public static final String FINETUNED = "finetuned";

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final ProgressListener progress;

  /** Makes the verb. */
  public Finetune(SparkSession session, ProgressListener progress) {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.progress = progress;
  }

  /**
   * Writes {@code finetuned/}, {@code training-log/} and {@code training-check/} into the run. What
   * an earlier attempt with the same fingerprint has done is not done again; what another left is
   * deleted.
   *
   * @param request its precision resolved
   * @param run folder of the run
   * @param fingerprint of all that determines the result
   * @throws io.gramian.checkpoint.UserException if the training diverges, Spark cannot run its
   *     workers, or there is not enough text
   */
  public FinetuneResult run(
      FinetuneInputs inputs, FinetuneRequest request, HadoopDirectory run, String fingerprint)
      throws IOException {
    int workers = request.workersOn(spark);
    inputs.requireText(request.settings().plan().batch());
    CheckpointStore store = new CheckpointStore(run, fingerprint);
    store.clearUnlessOurs();
    try (ModelCheckpoint sorted = ModelCheckpoint.open(inputs.sorted())) {
      sorted.validate();
      TrainingJob job =
          new TrainingJob(
              inputs.sorted(),
              sorted.spec(),
              inputs.widths(),
              request.settings(),
              request.checks(),
              store);
      FinetuneResult result = train(job, inputs, workers);
      TrainingHistory history = store.readHistory(job.steps());
      new MergedCheckpoint(spark, progress)
          .write(
              inputs.sorted(),
              run,
              new StoredAdapters(store, history.best(), job.settings().lora()));
      TrainingTables.write(session, history, run);
      return result;
    }
  }

  /** Deletes the checkpoints of a training that is done. */
  public static void forgetCheckpoints(HadoopDirectory run) throws IOException {
    run.delete(CheckpointStore.FOLDER);
  }

  private FinetuneResult train(TrainingJob job, FinetuneInputs inputs, int workers)
      throws IOException {
    long first = job.store().newest().orElse(0);
    if (first == job.steps()) {
      return new FinetuneResult(workers, 0, first);
    }
    Shares shares = new Shares(job.settings().plan().batch(), workers, first, job.steps());
    String name = first == 0 ? PHASE : PHASE + " from step " + (first + 1);
    try (JobPhase phase = JobPhase.begin(spark, PHASE, workers + " workers");
        TaskProgress done = TaskProgress.start(spark, progress, name, job.steps() - first)) {
      TrainingTask task =
          new TrainingTask(
              job, shares, new StepProgress(done.units(), done.detail(), first, job.steps()));
      List<WorkerOutcome.Done> outcomes =
          new BarrierTraining(inputs.training(), inputs.heldOut())
              .run(task, shares, job.settings().plan().seed());
      return new FinetuneResult(workers, outcomes.get(0).attempt(), outcomes.get(0).firstStep());
    }
  }
}

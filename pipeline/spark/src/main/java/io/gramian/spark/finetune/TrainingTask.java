package io.gramian.spark.finetune;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.finetune.Trainer;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/** One worker: reads the model, goes on from the newest checkpoint, and does the steps left. */
final class TrainingTask extends AbstractFunction1<Iterator<WorkerTexts>, Iterator<WorkerOutcome>>
    implements Serializable {

  private static final long serialVersionUID = 1L;

  private final TrainingJob job;
  private final Shares shares;
  private final StepProgress progress;

  /** The task of all workers. */
  TrainingTask(TrainingJob job, Shares shares, StepProgress progress) {
    this.job = job;
    this.shares = shares;
    this.progress = progress;
  }

  @Override
  public Iterator<WorkerOutcome> apply(Iterator<WorkerTexts> texts) {
    return CollectionConverters.asScala(List.of(outcome(texts.next())).iterator());
  }

  private WorkerOutcome outcome(WorkerTexts texts) {
    NativeRuntime.load();
    BarrierTaskContext context = BarrierTaskContext.get();
    try (Peers peers = Peers.join(context)) {
      long first = train(texts, peers);
      return new WorkerOutcome.Done(peers.rank(), context.stageAttemptNumber(), first);
    } catch (UserException e) {
      return new WorkerOutcome.Trouble(e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long train(WorkerTexts texts, Peers peers) throws IOException {
    HeldOutCheck check = new HeldOutCheck(texts.heldOut(), job.checks().ratios());
    ShareStream sequences = new ShareStream(texts.training(), shares, peers.rank());
    try (Trainer trainer = trainer()) {
      TrainingHistory history = restored(trainer, peers);
      long first = history.steps().size();
      new TrainingLoop(job, trainer, peers, history).run(sequences, check, progress);
      return first;
    }
  }

  private Trainer trainer() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(job.sorted())) {
      Weights whole = Weights.read(checkpoint, job.spec().tensors());
      return new Trainer(job.spec(), whole, job.widths(), job.settings());
    }
  }

  /** The first worker looks for the newest checkpoint, lest another sees a newer one. */
  private TrainingHistory restored(Trainer trainer, Peers peers) throws IOException {
    long found = peers.isFirst() ? job.store().newest().orElse(0) : 0;
    long updates = peers.fromFirst(found);
    if (updates == 0) {
      return new TrainingHistory(List.of(), List.of());
    }
    TrainingCheckpoint checkpoint = job.store().read(updates);
    trainer.restore(checkpoint.state());
    return checkpoint.history();
  }
}

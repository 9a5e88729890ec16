package io.gramian.spark.finetune;

import io.gramian.compress.finetune.StepResult;
import io.gramian.compress.finetune.Trainer;
import io.gramian.compress.finetune.TrainingBatch;
import java.io.IOException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/** The steps of one worker. All workers take them in step, with the same adapters. */
final class TrainingLoop {

  private final TrainingJob job;
  private final Trainer trainer;
  private final Peers peers;
  private final TrainingHistory history;

  /**
   * Goes on from where {@code trainer} is.
   *
   * @param history of what was done before
   */
  TrainingLoop(TrainingJob job, Trainer trainer, Peers peers, TrainingHistory history) {
    this.job = job;
    this.trainer = trainer;
    this.peers = peers;
    this.history = history;
  }

  /**
   * Does all steps that are left.
   *
   * @throws io.gramian.checkpoint.UserException if the training diverges; then all workers throw it
   */
  void run(ShareStream sequences, HeldOutCheck check, StepProgress progress) throws IOException {
    long first = history.steps().size();
    if (!history.isCheckedAfter(0)) {
      finished(0, check);
    }
    StepProgress.Running running = progress.start();
    for (long step = first; step < job.steps(); step++) {
      requireRunning();
      StepResult result = step(step, sequences.of(step));
      history.add(result);
      finished(step + 1, check);
      if (peers.isFirst()) {
        running.report(result, history);
      }
    }
  }

  /** A task of an attempt that has failed elsewhere is told so and has to stop by itself. */
  private static void requireRunning() {
    if (TaskContext.get().isInterrupted()) {
      throw new TaskKilledException("another worker failed");
    }
  }

  private StepResult step(long step, TrainingBatch share) {
    trainer.accumulate(share, step);
    peers.sum(trainer.sums());
    return trainer.update(step);
  }

  private void finished(long updates, HeldOutCheck check) throws IOException {
    if (job.checks().checksAfter(updates, job.steps())) {
      history.add(check.run(trainer, peers, updates));
    }
    if (peers.isFirst() && job.checks().savesAfter(updates, job.steps())) {
      String attempt = Long.toString(TaskContext.get().taskAttemptId());
      job.store().write(new TrainingCheckpoint(trainer.state(), history), attempt);
    }
  }
}

package io.gramian.spark.finetune;

import java.io.Serializable;

/**
 * How a worker ended. Trouble that the user can mend travels as data rather than as an exception: a
 * barrier stage that fails is tried again, and this would only fail again.
 */
sealed interface WorkerOutcome extends Serializable {

  /**
   * All steps are done.
   *
   * @param rank of the worker
   * @param attempt at the stage, from 0
   * @param firstStep that this attempt did
   */
  record Done(int rank, int attempt, long firstStep) implements WorkerOutcome {}

  /** Why training cannot go on. */
  record Trouble(String message) implements WorkerOutcome {}
}

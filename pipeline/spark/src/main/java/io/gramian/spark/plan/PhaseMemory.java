package io.gramian.spark.plan;

import io.gramian.spark.session.ExecutorMemory;

/**
 * What a phase takes in an executor.
 *
 * @param holds what that is, in words
 * @param heap bytes of heap, with the room that garbage collection wants
 * @param outside bytes beside the heap: tensors, and what the JVM and its libraries take
 */
public record PhaseMemory(Phase phase, String holds, long heap, long outside) {

  /** All of it: what a process may grow to. */
  public long total() {
    return heap + outside;
  }

  boolean fits(ExecutorMemory memory) {
    return heap <= memory.heap() && outside <= memory.outside();
  }
}

package io.gramian.spark.finetune;

import io.gramian.compress.finetune.TrainingBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import scala.Tuple2;

/** A worker's sequences, step by step, in micro-batches. Holds one share at a time. */
final class ShareStream {

  private final Iterator<Tuple2<Long, int[]>> sequences;
  private final Shares shares;
  private final int worker;
  private final int microBatch;

  /**
   * Streams the sequences of one worker.
   *
   * @param sequences by position, ascending
   * @param microBatch sequences that are computed at once
   */
  ShareStream(Iterator<Tuple2<Long, int[]>> sequences, Shares shares, int worker, int microBatch) {
    this.sequences = sequences;
    this.shares = shares;
    this.worker = worker;
    this.microBatch = microBatch;
  }

  /**
   * The worker's share of a step; steps ascend from call to call, and what lies before is passed
   * over.
   */
  List<TrainingBatch> of(long step) {
    long start = shares.start(step, worker);
    List<int[]> share = new ArrayList<>();
    while (share.size() < shares.perWorker()) {
      Tuple2<Long, int[]> next = sequences.next();
      if (next._1() >= start) {
        require(next._1(), start + share.size());
        share.add(next._2());
      }
    }
    return microBatches(share, (long) worker * shares.perWorker());
  }

  private static void require(long position, long expected) {
    if (position != expected) {
      throw new IllegalStateException("sequence at " + position + " instead of " + expected);
    }
  }

  private List<TrainingBatch> microBatches(List<int[]> share, long firstPlace) {
    List<TrainingBatch> batches = new ArrayList<>();
    for (int from = 0; from < share.size(); from += microBatch) {
      int to = Math.min(share.size(), from + microBatch);
      List<Long> places = new ArrayList<>();
      for (int i = from; i < to; i++) {
        places.add(firstPlace + i);
      }
      batches.add(TrainingBatch.of(share.subList(from, to), places));
    }
    return batches;
  }
}

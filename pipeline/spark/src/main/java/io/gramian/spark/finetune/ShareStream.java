package io.gramian.spark.finetune;

import io.gramian.compress.finetune.TrainingBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import scala.Tuple2;

/** A worker's sequences, step by step. Holds one share at a time. */
final class ShareStream {

  private final Iterator<Tuple2<Long, int[]>> sequences;
  private final Shares shares;
  private final int worker;

  /**
   * Streams the sequences of one worker.
   *
   * @param sequences by position, ascending
   */
  ShareStream(Iterator<Tuple2<Long, int[]>> sequences, Shares shares, int worker) {
    this.sequences = sequences;
    this.shares = shares;
    this.worker = worker;
  }

  /**
   * The worker's share of a step; steps ascend from call to call, and what lies before is passed
   * over.
   */
  TrainingBatch of(long step) {
    long start = shares.start(step, worker);
    List<int[]> share = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    while (share.size() < shares.perWorker()) {
      Tuple2<Long, int[]> next = sequences.next();
      if (next._1() >= start) {
        require(next._1(), start + share.size());
        places.add(next._1() - step * shares.batch());
        share.add(next._2());
      }
    }
    return TrainingBatch.of(share, places);
  }

  private static void require(long position, long expected) {
    if (position != expected) {
      throw new IllegalStateException("sequence at " + position + " instead of " + expected);
    }
  }
}

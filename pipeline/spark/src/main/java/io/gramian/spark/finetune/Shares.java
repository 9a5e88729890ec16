package io.gramian.spark.finetune;

import java.io.Serializable;
import java.util.stream.LongStream;
import org.apache.spark.Partitioner;

/**
 * Who trains on what: step {@code s} of batch {@code b} takes the positions {@code [s b, (s + 1)
 * b)} of the order, and worker {@code w} of {@code n} the {@code w}-th of {@code n} equal runs of
 * them.
 *
 * @param batch sequences a step, a multiple of {@code workers}
 * @param firstStep the first that is still to do
 * @param steps all that there are
 */
record Shares(int batch, int workers, long firstStep, long steps) implements Serializable {

  /** Sequences that a worker has of each step. */
  int perWorker() {
    return batch / workers;
  }

  /** All positions at which a sequence is still to come, ascending. */
  LongStream positions(long sequence, EpochOrder order) {
    long first = Math.multiplyExact(firstStep, batch);
    long end = Math.multiplyExact(steps, batch);
    return LongStream.rangeClosed(first / order.sequences(), (end - 1) / order.sequences())
        .map(epoch -> order.position(sequence, epoch))
        .filter(position -> first <= position && position < end);
  }

  /** The first position of a worker's share of a step. */
  long start(long step, int worker) {
    return step * batch + (long) worker * perWorker();
  }

  /** Sends positions to the workers whose shares they are in: a partition a worker. */
  Partitioner byPosition() {
    return new ByPosition(this);
  }

  /** Deals numbers out in turn: a partition a worker. */
  Partitioner inTurn() {
    return new InTurn(workers);
  }

  private static final class ByPosition extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final Shares shares;

    ByPosition(Shares shares) {
      this.shares = shares;
    }

    @Override
    public int numPartitions() {
      return shares.workers();
    }

    @Override
    public int getPartition(Object position) {
      return (int) ((Long) position % shares.batch()) / shares.perWorker();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByPosition that && shares.equals(that.shares);
    }

    @Override
    public int hashCode() {
      return shares.hashCode();
    }
  }

  private static final class InTurn extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final int workers;

    InTurn(int workers) {
      this.workers = workers;
    }

    @Override
    public int numPartitions() {
      return workers;
    }

    @Override
    public int getPartition(Object number) {
      return (int) ((Long) number % workers);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof InTurn that && workers == that.workers;
    }

    @Override
    public int hashCode() {
      return workers;
    }
  }
}

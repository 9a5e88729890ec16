package io.gramian.edge.team;

import io.gramian.edge.kernel.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Threads that run one task together; the caller is one of them. Not for several callers at a time.
 * Close it to end the threads.
 */
public final class WorkerTeam implements AutoCloseable {

  /** Some 150 microseconds: longer than members of a pass wait for each other, most of the time. */
  private static final int SPINS = 8_000;

  private static final long NAP_NANOS = 50_000;

  /** Integers of two cache lines: processors fetch them in pairs. */
  private static final int LINE = 32;

  private final List<Worker> workers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicIntegerArray arrivals;
  private final AtomicInteger runs = new AtomicInteger();
  private volatile Consumer<Worker> task;
  private volatile Throwable failure;
  private volatile boolean closed;

  /**
   * Starts a team.
   *
   * @param size members, the caller included
   */
  public WorkerTeam(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a team of " + size);
    }
    this.arrivals = new AtomicIntegerArray((size + 1) * LINE);
    for (int i = 0; i < size; i++) {
      workers.add(new Worker(this, new Share(i, size)));
    }
    for (int i = 1; i < size; i++) {
      Worker worker = workers.get(i);
      Thread thread = new Thread(() -> serve(worker), "gramian-edge-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Members, the caller included. */
  public int size() {
    return workers.size();
  }

  /**
   * Runs {@code work} by every member and returns when all are done. Allocates nothing.
   *
   * @throws IllegalStateException if it failed in one of them, with that failure as the cause; the
   *     team is closed then
   */
  public void run(Consumer<Worker> work) {
    if (closed) {
      throw new IllegalStateException("the team is closed");
    }
    failure = null;
    task = work;
    runs.incrementAndGet();
    threads.forEach(LockSupport::unpark);
    perform(workers.get(0));
    if (failure != null) {
      // Others may still be at work: nothing can be run with this team any more.
      close();
      throw new IllegalStateException("a pass failed: " + failure, failure);
    }
    // What the task holds, caches for instance, may be garbage before the next run.
    task = null;
  }

  /** Every run ends with a meeting, so that nobody is still at work when {@link #run} returns. */
  private void perform(Worker worker) {
    try {
      task.accept(worker);
      worker.meet();
    } catch (Abandoned e) {
      // Another member failed and has said so.
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private void serve(Worker worker) {
    int done = 0;
    while (!closed) {
      int spins = 0;
      while (runs.get() == done && !closed) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      if (!closed) {
        done++;
        perform(worker);
      }
    }
  }

  /**
   * Everybody says on a cache line of his own how many meetings he has come to, and waits for the
   * others' lines: the last one's arrival has one way to go to each of them.
   */
  void arrive(int member) {
    int at = (member + 1) * LINE;
    arrivals.setRelease(at, arrivals.getPlain(at) + 1);
  }

  /** Waits until the others have come to as many meetings as a member. */
  void await(int member) {
    int meeting = arrivals.getPlain((member + 1) * LINE);
    for (int other = 0; other < workers.size(); other++) {
      int spins = 0;
      while (arrivals.getAcquire((other + 1) * LINE) - meeting < 0) {
        if (failure != null) {
          throw new Abandoned();
        }
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          // Somebody was taken off its processor: leave this one to others for a while.
          LockSupport.parkNanos(NAP_NANOS);
        }
      }
    }
  }

  /** Ends the threads; nothing happens the second time. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(LockSupport::unpark);
  }

  /** Takes a member out of a pass that failed in another one. */
  private static final class Abandoned extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("another member of the team failed", null, false, false);
    }
  }
}

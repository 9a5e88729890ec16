package io.gramian.spark.session;

import java.io.Serializable;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * Lets so many tasks of an executor work at a time, where each takes more memory than all of them
 * could have. Broadcast it: every executor then has one.
 */
public final class Permits implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Everybody may. */
  public static final Permits UNLIMITED = new Permits(Integer.MAX_VALUE);

  private final int count;
  private transient Semaphore free;

  /**
   * Nobody works yet.
   *
   * @param count at least 1
   */
  public Permits(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(count + " permits");
    }
    this.count = count;
  }

  /** Works when it is this task's turn. A task that is killed while it waits ends at once. */
  public <T> T during(Callable<T> work) throws Exception {
    Semaphore turns = turns();
    turns.acquire();
    try {
      return work.call();
    } finally {
      turns.release();
    }
  }

  private synchronized Semaphore turns() {
    if (free == null) {
      free = new Semaphore(count);
    }
    return free;
  }
}

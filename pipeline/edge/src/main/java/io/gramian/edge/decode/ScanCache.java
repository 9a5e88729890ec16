package io.gramian.edge.decode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The recurrent states of a state space mixer, {@code [H][P][N]}, as wide as the widest that the
 * session may run at. A narrower width uses the first {@code P'} channels and {@code N'} states.
 *
 * <p>In a narrower model nothing enters the dropped states, but what is in them decays on: {@code h
 * = exp(dt a) h}. The decay is one number a head, so it is not applied token by token but summed
 * up, and multiplied in when the session widens again. So nothing is rebuilt, a dropped state is
 * what the recurrence says it is, and a narrow pass never touches it.
 */
final class ScanCache {

  /** States that a narrowing left behind: those inside the outer extent and outside the inner. */
  private static final class Left {

    private final int rows;
    private final int columns;
    private final long tokens;
    private final double[] logDecay;

    Left(int rows, int columns, long tokens, double[] logDecay) {
      this.rows = rows;
      this.columns = columns;
      this.tokens = tokens;
      this.logDecay = logDecay;
    }
  }

  /** States that are to catch up: outside the inner extent, inside the outer one. */
  private record CatchUp(Extent inner, Extent outer, Left since) {}

  private record Extent(int rows, int columns) {

    boolean covers(int otherRows, int otherColumns) {
      return rows >= otherRows && columns >= otherColumns;
    }
  }

  private final int mostRows;
  private final int mostColumns;
  private final float[] states;
  private final double[] logDecay;
  private final Deque<Left> left = new ArrayDeque<>();
  private final List<CatchUp> pending = new ArrayList<>();
  private Extent used;
  private long tokens;

  /**
   * A cache of zeros, used as a whole.
   *
   * @param heads {@code H}
   * @param rows {@code P} at the widest
   * @param columns {@code N} at the widest
   */
  ScanCache(int heads, int rows, int columns) {
    this.mostRows = rows;
    this.mostColumns = columns;
    this.states = new float[Math.multiplyExact(heads * rows, columns)];
    this.logDecay = new double[heads];
    this.used = new Extent(rows, columns);
  }

  float[] states() {
    return states;
  }

  /** Where a head's states begin. */
  int at(int head) {
    return head * mostRows * mostColumns;
  }

  /** From one channel's states to the next one's. */
  int stride() {
    return mostColumns;
  }

  /** Turns to another extent; touches no state. */
  void use(int rows, int columns) {
    widen(Math.max(rows, used.rows), Math.max(columns, used.columns));
    if (rows < used.rows || columns < used.columns) {
      left.push(new Left(used.rows, used.columns, tokens, logDecay.clone()));
      used = new Extent(rows, columns);
    }
  }

  /**
   * Covers at least that. What was left last lies inside of what was left before, so an extent that
   * reaches out of it takes up all of it on its way.
   */
  private void widen(int rows, int columns) {
    while (!used.covers(rows, columns)) {
      Left last = left.peek();
      boolean within = rows <= last.rows && columns <= last.columns;
      Extent next =
          within
              ? new Extent(Math.max(rows, used.rows), Math.max(columns, used.columns))
              : new Extent(last.rows, last.columns);
      if (last.tokens != tokens) {
        pending.add(new CatchUp(used, next, last));
      }
      used = next;
      if (next.covers(last.rows, last.columns)) {
        left.pop();
      }
    }
  }

  /** Multiplies in what a head's states missed. */
  void catchUp(int head) {
    for (int i = 0; i < pending.size(); i++) {
      CatchUp missed = pending.get(i);
      float factor = (float) Math.exp(logDecay[head] - missed.since.logDecay[head]);
      for (int row = 0; row < missed.outer.rows; row++) {
        int from = row < missed.inner.rows ? missed.inner.columns : 0;
        int at = at(head) + row * mostColumns;
        for (int column = from; column < missed.outer.columns; column++) {
          states[at + column] *= factor;
        }
      }
    }
  }

  /** Notes a token's decay of a head, {@code dt a}. */
  void decayed(int head, double log) {
    logDecay[head] += log;
  }

  /** Ends a pass of that many tokens: every head has caught up. */
  void passed(int count) {
    tokens += count;
    pending.clear();
  }

  /** Forgets the text; keeps the extent. */
  void reset() {
    Arrays.fill(states, 0);
    Arrays.fill(logDecay, 0);
    tokens = 0;
    pending.clear();
    left.clear();
    if (!used.covers(mostRows, mostColumns)) {
      left.push(new Left(mostRows, mostColumns, tokens, logDecay.clone()));
    }
  }

  long bytes() {
    return (long) states.length * Float.BYTES;
  }
}

package io.gramian.edge.team;

/**
 * What a worker does next. It can begin to fetch what that reads while it waits for the others: the
 * way to memory takes as long as a meeting.
 */
@FunctionalInterface
public interface Upcoming {

  /** Begins to fetch; changes nothing that anybody reads. */
  void fetch(Worker worker);
}

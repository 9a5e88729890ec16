package io.gramian.edge.team;

import io.gramian.edge.kernel.Share;

/** A member of a {@link WorkerTeam}, as its task sees it. */
public final class Worker {

  private final WorkerTeam team;
  private final Share share;

  Worker(WorkerTeam team, Share share) {
    this.team = team;
    this.share = share;
  }

  /** Which part of everything is this member's. */
  public Share share() {
    return share;
  }

  /** The member's number, from 0. */
  public int index() {
    return share.index();
  }

  /** Waits until every member has come here: what they wrote before can then be read by all. */
  public void meet() {
    arrive();
    await();
  }

  /** Half of a meeting: says that this member has come to it, and goes on. */
  public void arrive() {
    team.arrive(share.index());
  }

  /**
   * The other half: waits until every member has come to the last meeting that this one came to.
   */
  public void await() {
    team.await(share.index());
  }

  /** The same, and begins to fetch what comes next as soon as the others know of the arrival. */
  public void meet(Upcoming next) {
    arrive();
    next.fetch(this);
    await();
  }
}

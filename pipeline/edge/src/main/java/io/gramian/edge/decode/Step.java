package io.gramian.edge.decode;

import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;

/** A residual block of one session at one width. */
interface Step extends Upcoming {

  /** Called when its width is set, before its next run: caches turn to its extents. */
  default void enter() {}

  /**
   * Adds the block's output to the residual stream, by all members of a team; all of it is there
   * when the call returns.
   *
   * @param next what is run next
   */
  void run(Worker worker, Batch batch, Upcoming next);
}

package io.gramian.edge.decode;

import io.gramian.edge.team.Worker;

/** A residual block of one session at one width. */
interface Step {

  /** Called when its width is set, before its next run: caches turn to its extents. */
  default void enter() {}

  /**
   * Adds the block's output to the residual stream, by all members of a team; all of it is there
   * when the call returns.
   */
  void run(Worker worker, Batch batch);
}

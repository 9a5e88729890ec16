package io.gramian.edge.decode;

import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;

/** The inner channels of an MLP, {@code act(gate(n)) * up(n)}, or {@code act(up(n))}. */
interface InnerChannels extends Upcoming {

  /** This worker's part of the maps, for all tokens. */
  void multiply(Worker worker, int tokens);

  /**
   * Forms some channels of a token, from what the maps gave.
   *
   * @param y receives channel {@code c} at {@code c}; others may change
   */
  void form(int token, int from, int to, float[] y);
}

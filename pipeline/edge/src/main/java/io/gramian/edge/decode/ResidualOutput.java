package io.gramian.edge.decode;

import io.gramian.edge.team.Worker;

/** The last map of a step: what it gives is added to the residual stream, {@code x += W y + b}. */
final class ResidualOutput {

  private final BoundMap map;
  private final float[] x;

  ResidualOutput(BoundMap map, float[] x) {
    this.map = map;
    this.x = x;
  }

  /** Adds this worker's rows. */
  void add(Worker worker, int tokens) {
    map.multiply(worker, tokens);
    float[] y = map.output();
    for (int token = 0; token < tokens; token++) {
      int at = token * map.outputs();
      for (int row = map.from(worker); row < map.to(worker); row++) {
        x[at + row] += y[at + row];
      }
    }
  }
}

package io.gramian.edge.decode;

import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.team.Worker;
import io.gramian.model.Activation;
import java.util.List;

/** Those whose two maps lie apart, and are shared out as if they were one. */
final class SeparateChannels implements InnerChannels {

  private final Kernels kernels;
  private final Activation activation;
  private final BoundMap up;
  private final BoundMap gate;

  /**
   * Channels.
   *
   * @param maps up and gate
   */
  SeparateChannels(Kernels kernels, Activation activation, List<BoundMap> maps) {
    this.kernels = kernels;
    this.activation = activation;
    this.up = maps.get(0);
    this.gate = maps.get(1);
  }

  @Override
  public void fetch(Worker worker) {
    (up.own(worker).length == 0 ? gate : up).fetch(worker);
  }

  @Override
  public void multiply(Worker worker, int tokens) {
    up.multiply(worker, tokens);
    gate.multiply(worker, tokens);
  }

  @Override
  public void form(int token, int from, int to, float[] y) {
    int at = token * up.outputs() + from;
    System.arraycopy(gate.output(), at, y, from, to - from);
    kernels.activate(activation, y, from, to - from);
    kernels.times(y, from, up.output(), at, to - from);
  }
}

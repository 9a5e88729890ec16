package io.gramian.edge.decode;

import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.team.Worker;
import io.gramian.model.Mlp;
import java.util.Optional;

/**
 * {@code x += down(act(gate(n)) * up(n))}, {@code n = norm(x)}, or without a gate {@code x +=
 * down(act(up(n)))}. A worker has the same rows of gate and up, so it multiplies what it computed.
 */
final class MlpStep implements Step {

  private final Workspace workspace;
  private final Mlp mlp;
  private final Input normed;
  private final Optional<BoundMap> gate;
  private final BoundMap up;
  private final Input inner;
  private final ResidualOutput down;

  MlpStep(Binding binding, Mlp mlp) {
    this.workspace = binding.workspace();
    this.mlp = mlp;
    this.normed = binding.normedStream(mlp.up());
    this.gate = mlp.gateMap().map(map -> binding.map(map, normed, Workspace.Slot.SECOND));
    this.up = binding.map(mlp.up(), normed, Workspace.Slot.FIRST);
    this.inner = binding.input(mlp.down(), up.output());
    this.down = binding.residual(mlp.down(), inner);
  }

  @Override
  public void run(Worker worker, Batch batch) {
    int tokens = batch.tokens();
    normed.arrange(worker, tokens);
    up.multiply(worker, tokens);
    if (gate.isPresent()) {
      gate.get().multiply(worker, tokens);
    }
    activate(worker, tokens);
    worker.meet();
    inner.arrange(worker, tokens);
    down.add(worker, tokens);
  }

  private void activate(Worker worker, int tokens) {
    for (RowSpan span : up.own(worker)) {
      for (int token = 0; token < tokens; token++) {
        activate(token * up.outputs() + span.output(), span.rows());
      }
    }
  }

  private void activate(int at, int rows) {
    if (gate.isPresent()) {
      float[] gated = gate.get().output();
      workspace.kernels().activate(mlp.activation(), gated, at, rows);
      workspace.kernels().times(up.output(), at, gated, at, rows);
    } else {
      workspace.kernels().activate(mlp.activation(), up.output(), at, rows);
    }
  }
}

package io.gramian.edge.decode;

import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import java.util.List;
import java.util.Optional;

/**
 * {@code x += down(act(gate(n)) * up(n))}, {@code n = norm(x)}, or without a gate {@code x +=
 * down(act(up(n)))}.
 */
final class MlpStep implements Step {

  private final Kernels kernels;
  private final Mlp mlp;
  private final Input normed;
  private final BoundMap up;
  private final Optional<BoundMap> gate;
  private final Input inner;
  private final ResidualOutput down;

  MlpStep(Binding binding, Mlp mlp) {
    this.kernels = binding.workspace().kernels();
    this.mlp = mlp;
    this.normed = binding.normedStream(mlp.up());
    List<LinearSpec> readers =
        mlp.gateMap().map(map -> List.of(mlp.up(), map)).orElse(List.of(mlp.up()));
    List<BoundMap> maps =
        binding.maps(
            normed,
            readers,
            List.of(Workspace.Slot.FIRST, Workspace.Slot.SECOND).subList(0, readers.size()));
    this.up = maps.get(0);
    this.gate = maps.size() == 1 ? Optional.empty() : Optional.of(maps.get(1));
    this.inner = binding.input(mlp.down(), up.output(), this::activate);
    this.down = binding.residual(mlp.down(), inner);
  }

  @Override
  public void fetch(Worker worker) {
    BoundMap first = up;
    if (up.own(worker).length == 0 && gate.isPresent()) {
      first = gate.get();
    }
    first.fetch(worker);
  }

  @Override
  public void run(Worker worker, Batch batch, Upcoming next) {
    int tokens = batch.tokens();
    normed.arrange(worker, tokens);
    up.multiply(worker, tokens);
    if (gate.isPresent()) {
      gate.get().multiply(worker, tokens);
    }
    worker.meet(down);
    inner.arrange(worker, tokens);
    down.add(worker, tokens, next);
  }

  private void activate(float[] x, int at, float[] y) {
    int channels = up.outputs();
    System.arraycopy(gate.isPresent() ? gate.get().output() : x, at, y, 0, channels);
    kernels.activate(mlp.activation(), y, 0, channels);
    if (gate.isPresent()) {
      kernels.times(y, 0, x, at, channels);
    }
  }
}

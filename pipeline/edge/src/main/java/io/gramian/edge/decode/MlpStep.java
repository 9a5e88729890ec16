package io.gramian.edge.decode;

import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code x += down(act(gate(n)) * up(n))}, {@code n = norm(x)}, or without a gate {@code x +=
 * down(act(up(n)))}.
 */
final class MlpStep implements Step {

  private final Input normed;
  private final InnerChannels channels;
  private final boolean apart;
  private final ResidualOutput down;

  MlpStep(Binding binding, Mlp mlp) {
    this.normed = binding.normedStream(mlp.up());
    List<LinearSpec> specs = new ArrayList<>(List.of(mlp.up()));
    mlp.gateMap().ifPresent(specs::add);
    List<StoredMap> maps = specs.stream().map(binding.stored()::map).toList();
    if (maps.get(0).weights() == maps.get(maps.size() - 1).weights()) {
      JoinedChannels joined =
          new JoinedChannels(binding, normed, mlp.activation(), maps, binding.columns(mlp.down()));
      this.apart = joined.isApart();
      this.channels = joined;
    } else {
      this.apart = false;
      this.channels =
          new SeparateChannels(
              binding.workspace().kernels(),
              mlp.activation(),
              binding.maps(normed, specs, List.of(Workspace.Slot.FIRST, Workspace.Slot.SECOND)));
    }
    this.down = binding.residual(mlp.down(), binding.input(mlp.down(), channels));
  }

  @Override
  public void fetch(Worker worker) {
    channels.fetch(worker);
  }

  @Override
  public void run(Worker worker, Batch batch, Upcoming next) {
    int tokens = batch.tokens();
    normed.arrange(worker, tokens);
    channels.multiply(worker, tokens);
    if (tokens > 1 || !apart) {
      worker.meet(down);
    }
    down.add(worker, tokens, next);
  }
}

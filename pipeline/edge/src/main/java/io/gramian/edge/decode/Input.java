package io.gramian.edge.decode;

import io.gramian.edge.kernel.Arranged;
import io.gramian.edge.kernel.ColumnShare;
import io.gramian.edge.kernel.InputLayout;
import io.gramian.edge.team.Worker;
import java.util.Optional;

/**
 * What the maps of a step read: some vectors {@code [T, n]}, as they are or transformed, in the
 * order that the kernels want. Several tokens are shared out over the workers. A single one every
 * worker arranges for itself, which takes less time than another meeting.
 */
final class Input {

  private final Workspace workspace;
  private final InputLayout layout;
  private final Arranged shared;
  private final Arranged[] own;
  private final Optional<float[]> source;
  private final int size;
  private final Optional<Norm> norm;
  private final Optional<InnerChannels> channels;

  private Input(
      Workspace workspace,
      InputLayout layout,
      Optional<float[]> source,
      Optional<Norm> norm,
      Optional<InnerChannels> channels) {
    this.workspace = workspace;
    this.layout = layout;
    this.size = layout.inputs();
    this.source = source;
    this.norm = norm;
    this.channels = channels;
    this.shared = workspace.arranged(layout);
    this.own = workspace.arrangedByAll(layout);
  }

  /** {@code source [T, n]} as it is. */
  static Input of(Workspace workspace, InputLayout layout, float[] source) {
    return new Input(workspace, layout, Optional.of(source), Optional.empty(), Optional.empty());
  }

  /** {@code norm(source)}. */
  static Input of(Workspace workspace, InputLayout layout, float[] source, Norm norm) {
    workspace.reserveOwn(layout.inputs());
    return new Input(workspace, layout, Optional.of(source), Optional.of(norm), Optional.empty());
  }

  /** The inner channels of an MLP. */
  static Input of(Workspace workspace, InputLayout layout, InnerChannels channels) {
    workspace.reserveOwn(layout.inputs());
    return new Input(workspace, layout, Optional.empty(), Optional.empty(), Optional.of(channels));
  }

  /** {@code norm(x)} of the residual stream. */
  static Input stream(Workspace workspace, InputLayout layout, Norm norm) {
    workspace.reserveOwn(layout.inputs());
    return new Input(workspace, layout, Optional.empty(), Optional.of(norm), Optional.empty());
  }

  /** The order of the inputs. */
  InputLayout layout() {
    return layout;
  }

  /** What this worker multiplies, after {@link #arrange}. */
  Arranged arranged(Worker worker, int tokens) {
    return tokens == 1 ? own[worker.index()] : shared;
  }

  /** Arranges some tokens; everything that the worker needs is there afterwards. */
  void arrange(Worker worker, int tokens) {
    float[] from = source(worker, tokens);
    if (tokens == 1) {
      arrange(worker, from, 0, own[worker.index()], 0);
      return;
    }
    for (int token = worker.share().from(tokens); token < worker.share().to(tokens); token++) {
      arrange(worker, from, token, shared, token);
    }
    worker.meet();
  }

  /** Arranges the last of some tokens as if it were the only one. */
  void arrangeLast(Worker worker, int tokens) {
    arrange(worker, source(worker, tokens), tokens - 1, own[worker.index()], 0);
  }

  private float[] source(Worker worker, int tokens) {
    return source.isPresent() ? source.get() : workspace.x(worker, tokens);
  }

  /** Arranges what a share of the columns needs of a single token. */
  void arrangeColumns(Worker worker, ColumnShare share) {
    Arranged to = own[worker.index()];
    float[] vector = workspace.own(worker.index());
    if (channels.isPresent()) {
      channels.get().form(0, share.from(), share.to(), vector);
    } else if (norm.isPresent()) {
      norm.get().apply(source(worker, 1), 0, vector);
    } else {
      vector = source(worker, 1);
    }
    to.set(share, vector);
  }

  private void arrange(Worker worker, float[] from, int token, Arranged to, int place) {
    float[] vector = workspace.own(worker.index());
    if (channels.isPresent()) {
      channels.get().form(token, 0, size, vector);
      to.set(place, vector, 0);
    } else if (norm.isPresent()) {
      norm.get().apply(from, token * size, vector);
      to.set(place, vector, 0);
    } else {
      to.set(place, from, token * size);
    }
  }
}

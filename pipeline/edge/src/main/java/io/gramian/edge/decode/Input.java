package io.gramian.edge.decode;

import io.gramian.edge.kernel.Arranged;
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
  private final Optional<Transform> transform;

  private Input(
      Workspace workspace,
      InputLayout layout,
      Optional<float[]> source,
      Optional<Transform> transform) {
    this.workspace = workspace;
    this.layout = layout;
    this.size = layout.inputs();
    this.source = source;
    this.transform = transform;
    this.shared = workspace.arranged(layout);
    this.own = workspace.arrangedByAll(layout);
  }

  /** {@code source [T, n]} as it is. */
  static Input of(Workspace workspace, InputLayout layout, float[] source) {
    return new Input(workspace, layout, Optional.of(source), Optional.empty());
  }

  /** {@code transform(source)}. */
  static Input of(Workspace workspace, InputLayout layout, float[] source, Transform transform) {
    workspace.reserveOwn(layout.inputs());
    return new Input(workspace, layout, Optional.of(source), Optional.of(transform));
  }

  /** {@code norm(x)} of the residual stream. */
  static Input stream(Workspace workspace, InputLayout layout, Norm norm) {
    workspace.reserveOwn(layout.inputs());
    return new Input(workspace, layout, Optional.empty(), Optional.of(norm));
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

  private void arrange(Worker worker, float[] from, int token, Arranged to, int place) {
    if (transform.isEmpty()) {
      to.set(place, from, token * size);
    } else {
      float[] vector = workspace.own(worker.index());
      transform.get().apply(from, token * size, vector);
      to.set(place, vector, 0);
    }
  }
}

package io.gramian.edge.decode;

import io.gramian.edge.kernel.Arranged;
import io.gramian.edge.kernel.InputLayout;
import io.gramian.edge.kernel.Share;
import io.gramian.edge.team.Worker;
import java.util.Optional;

/**
 * What the maps of a step read: some vectors {@code [T, n]}, as they are or normed, in the order
 * that the kernels want. Several tokens are shared out whole; of a single one every worker arranges
 * its part, and norms all of it for itself, which takes less time than another meeting.
 */
final class Input {

  private final Workspace workspace;
  private final Arranged arranged;
  private final float[] source;
  private final int size;
  private final Optional<Norm> norm;

  private Input(Workspace workspace, InputLayout layout, float[] source, Optional<Norm> norm) {
    this.workspace = workspace;
    this.size = layout.inputs();
    this.source = source;
    this.norm = norm;
    this.arranged = new Arranged(layout, workspace.slot(Workspace.Slot.ARRANGED, layout.length()));
  }

  /** {@code source [T, n]} as it is. */
  static Input of(Workspace workspace, InputLayout layout, float[] source) {
    return new Input(workspace, layout, source, Optional.empty());
  }

  /** {@code norm(source)}. */
  static Input normed(Workspace workspace, InputLayout layout, float[] source, Norm norm) {
    workspace.reserveOwn(layout.inputs());
    return new Input(workspace, layout, source, Optional.of(norm));
  }

  Arranged arranged() {
    return arranged;
  }

  /** Arranges this worker's part; all are there after the next meeting. */
  void arrange(Worker worker, int tokens) {
    if (tokens == 1) {
      arrange(worker, 0, worker.share());
      return;
    }
    for (int token = worker.share().from(tokens); token < worker.share().to(tokens); token++) {
      arrange(worker, token, Share.WHOLE);
    }
  }

  /** Arranges this worker's part of one token as if it were the only one. */
  void arrangeOnly(Worker worker, int token) {
    arrange(worker, token, 0, worker.share());
  }

  private void arrange(Worker worker, int token, Share share) {
    arrange(worker, token, token, share);
  }

  private void arrange(Worker worker, int token, int place, Share share) {
    if (norm.isEmpty()) {
      arranged.set(place, source, token * size, share);
    } else {
      float[] own = workspace.own(worker.index());
      norm.get().apply(workspace.kernels(), source, token * size, own);
      arranged.set(place, own, 0, share);
    }
  }
}

package io.gramian.edge.decode;

import io.gramian.edge.kernel.ColumnShare;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;
import java.util.List;
import java.util.Optional;

/**
 * The last map of a step: what it gives is added to the residual stream, {@code x += W y + b}, by
 * all workers to their own copies of a single token, by each its rows of several. For one token the
 * workers share out columns, where the kernels would rather. Nobody has to wait behind it.
 */
final class ResidualOutput implements Upcoming {

  private final Workspace workspace;
  private final BoundMap map;
  private final Optional<DroppedValueBias> dropped;
  private final List<ColumnShare> columns;

  /**
   * An output.
   *
   * @param dropped what is added besides, if there is something
   */
  ResidualOutput(Workspace workspace, BoundMap map, Optional<DroppedValueBias> dropped) {
    this.workspace = workspace;
    this.map = map;
    this.dropped = dropped;
    this.columns = workspace.columns(map.weights(), map.input().layout());
    if (!columns.isEmpty()) {
      workspace.reservePartial(map.weights().places());
    }
  }

  /** Begins to fetch what a worker reads first. */
  @Override
  public void fetch(Worker worker) {
    if (!columns.isEmpty()) {
      int index = worker.index();
      // Not to the partial sums, which others may still be adding up.
      float[] scratch = workspace.scratch(index);
      workspace.kernels().fetchColumns(map.weights(), columns.get(index), scratch);
    } else {
      map.fetch(worker);
    }
  }

  /** Arranges the inputs and adds the output; the workers meet before {@code next} is run. */
  void add(Worker worker, int tokens, Upcoming next) {
    if (dropped.isPresent()) {
      dropped.get().form(worker, map.own(worker));
    }
    if (tokens == 1) {
      addToken(worker, next);
    } else {
      addTokens(worker, tokens);
      worker.meet();
    }
  }

  private void addToken(Worker worker, Upcoming next) {
    float[] x = workspace.x(worker, 1);
    int rows = map.outputs();
    if (!columns.isEmpty()) {
      ColumnShare own = columns.get(worker.index());
      float[] partial = workspace.partial(worker.index());
      map.input().arrangeColumns(worker, own);
      worker.await();
      workspace
          .kernels()
          .multiplyColumns(map.weights(), map.input().arranged(worker, 1), own, partial);
      worker.meet(next);
      for (int other = 0; other < workspace.workers(); other++) {
        add(workspace.partial(other), 0, x, 0, rows);
      }
      worker.arrive();
      add(map.bias(), 0, x, 0, map.bias().length);
    } else {
      map.input().arrange(worker, 1);
      map.multiply(worker, 1);
      worker.meet(next);
      add(map.output(), 0, x, 0, rows);
    }
    if (dropped.isPresent()) {
      add(dropped.get().added(), 0, x, 0, rows);
    }
  }

  private void addTokens(Worker worker, int tokens) {
    map.input().arrange(worker, tokens);
    map.multiply(worker, tokens);
    float[] x = workspace.x(worker, tokens);
    for (RowSpan span : map.own(worker)) {
      for (int token = 0; token < tokens; token++) {
        int from = token * map.outputs() + span.output();
        add(map.output(), from, x, from, span.rows());
        if (dropped.isPresent()) {
          add(dropped.get().added(), span.output(), x, from, span.rows());
        }
      }
    }
  }

  private void add(float[] y, int yAt, float[] x, int xAt, int n) {
    workspace.kernels().addScaled(x, xAt, 1, y, yAt, n);
  }
}

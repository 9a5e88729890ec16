package io.gramian.edge.decode;

import io.gramian.edge.kernel.Product;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.Share;
import io.gramian.edge.team.Worker;
import io.gramian.model.BlockWidths;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A map of one session at one width: what it reads and writes, and which rows are whose. A worker
 * has the same rows in every pass, so what it computed of a vector is in its own cache.
 */
final class BoundMap {

  private final Workspace workspace;
  private final Product product;
  private final float[] bias;
  private final int[] bounds;
  private final RowSpan[][] spans;

  private BoundMap(Workspace workspace, Product product, float[] bias, int[] bounds) {
    this.workspace = workspace;
    this.product = product;
    this.bias = bias;
    this.bounds = bounds;
    this.spans = new RowSpan[bounds.length - 1][];
  }

  /**
   * Binds a map.
   *
   * @param output {@code [T, outputs]}
   * @param boundary the last row at or before one where the rows of two workers may meet
   */
  static BoundMap of(
      Workspace workspace, Extent extent, float[] output, IntUnaryOperator boundary) {
    StoredMap map = extent.map();
    int outputs = map.outputs(extent.widths());
    int[] bounds = new int[workspace.workers() + 1];
    for (int worker = 0; worker < workspace.workers(); worker++) {
      int from = new Share(worker, workspace.workers()).from(outputs);
      bounds[worker] = from == 0 ? 0 : boundary.applyAsInt(from);
    }
    bounds[workspace.workers()] = outputs;
    Product product = new Product(map.weights(), extent.input().arranged(), output, outputs);
    BoundMap bound = new BoundMap(workspace, product, map.bias(extent.widths()), bounds);
    bound.share(map.spans(extent.widths()));
    workspace.reserveScratch(workspace.kernels().scratch(extent.input().arranged().layout()));
    return bound;
  }

  /**
   * What of a map is bound.
   *
   * @param input what it reads
   */
  record Extent(StoredMap map, BlockWidths widths, Input input) {}

  private void share(List<RowSpan> all) {
    for (int worker = 0; worker < spans.length; worker++) {
      spans[worker] = within(all, bounds[worker], bounds[worker + 1]);
    }
  }

  /** The parts of some spans whose outputs lie in a range. */
  static RowSpan[] within(List<RowSpan> all, int first, int last) {
    List<RowSpan> own = new ArrayList<>();
    for (RowSpan span : all) {
      int from = Math.max(first, span.output());
      int to = Math.min(last, span.output() + span.rows());
      if (from < to) {
        int shift = span.from() - span.output();
        own.add(new RowSpan(from + shift, to + shift, from));
      }
    }
    return own.toArray(RowSpan[]::new);
  }

  /** This worker's outputs, bias included, for all tokens. */
  void multiply(Worker worker, int tokens) {
    float[] scratch = workspace.scratch(worker.index());
    for (RowSpan span : spans[worker.index()]) {
      workspace.kernels().multiply(product, span, tokens, scratch);
    }
    if (bias.length > 0) {
      for (int token = 0; token < tokens; token++) {
        int at = token * product.stride();
        for (int row = from(worker); row < to(worker); row++) {
          product.output()[at + row] += bias[row];
        }
      }
    }
  }

  /** The first output of this worker. */
  int from(Worker worker) {
    return bounds[worker.index()];
  }

  /** One past its last. */
  int to(Worker worker) {
    return bounds[worker.index() + 1];
  }

  /** Outputs of a token. */
  int outputs() {
    return product.stride();
  }

  /** {@code [T, outputs]}. */
  float[] output() {
    return product.output();
  }
}

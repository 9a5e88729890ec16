package io.gramian.edge.decode;

import io.gramian.edge.kernel.Product;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.WeightRows;
import io.gramian.edge.team.Worker;
import io.gramian.model.BlockWidths;

/**
 * A map of one session at one width: what it reads and writes, and which rows are whose. A worker
 * has the same rows in every pass, so what it computed of a vector is in its own cache.
 */
final class BoundMap {

  private final Workspace workspace;
  private final Input input;
  private final Product product;
  private final float[] bias;
  private final RowSpan[][] spans;

  private BoundMap(
      Workspace workspace, Input input, Product product, float[] bias, RowSpan[][] spans) {
    this.workspace = workspace;
    this.input = input;
    this.product = product;
    this.bias = bias;
    this.spans = spans;
  }

  /**
   * Binds a map.
   *
   * @param output {@code [T, outputs]}
   */
  static BoundMap of(Workspace workspace, Extent extent, float[] output) {
    Product product = new Product(extent.weights(), output, extent.outputs());
    workspace.reserveScratch(workspace.kernels().scratch(extent.input().layout()));
    return new BoundMap(workspace, extent.input(), product, extent.bias(), extent.shares());
  }

  /**
   * What is bound.
   *
   * @param bias of the outputs; empty for none
   * @param outputs of a token
   * @param input what is read
   * @param shares every worker's rows
   */
  record Extent(WeightRows weights, float[] bias, int outputs, Input input, RowSpan[][] shares) {

    /** A whole map that has its outputs for itself. */
    static Extent of(StoredMap map, BlockWidths widths, Input input, RowSpan[][] shares) {
      return new Extent(map.weights(), map.bias(widths), map.outputs(widths), input, shares);
    }
  }

  /** This worker's outputs, bias included, for all tokens. */
  void multiply(Worker worker, int tokens) {
    float[] scratch = workspace.scratch(worker.index());
    workspace
        .kernels()
        .multiply(product, input.arranged(worker, tokens), spans[worker.index()], tokens, scratch);
    if (bias.length > 0) {
      for (RowSpan span : spans[worker.index()]) {
        addBias(span, tokens);
      }
    }
  }

  private void addBias(RowSpan span, int tokens) {
    for (int token = 0; token < tokens; token++) {
      int at = token * product.stride();
      for (int row = span.output(); row < span.output() + span.rows(); row++) {
        product.output()[at + row] += bias[row];
      }
    }
  }

  /** Begins to fetch what {@link #multiply} reads first. */
  void fetch(Worker worker) {
    int index = worker.index();
    workspace.kernels().fetch(product.weights(), spans[index], workspace.scratch(index));
  }

  /** The weights. */
  WeightRows weights() {
    return product.weights();
  }

  /** What it reads. */
  Input input() {
    return input;
  }

  /** The bias of the outputs; empty where the map has none. */
  float[] bias() {
    return bias;
  }

  /** The outputs that are this worker's. */
  RowSpan[] own(Worker worker) {
    return spans[worker.index()];
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

package io.gramian.edge.decode;

import io.gramian.edge.kernel.ColumnShare;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.WeightRows;
import io.gramian.edge.team.Worker;
import io.gramian.model.Activation;
import io.gramian.model.BlockWidths;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Those that one product gives: an MLP without a gate, or one whose two maps are paired row by row.
 * Outputs stand in the order of memory, {@code [T, places]}. Where workers share out the columns of
 * the next map so that nobody needs another's channels, they share out the rows of this one alike.
 */
final class JoinedChannels implements InnerChannels {

  private final Kernels kernels;
  private final Activation activation;
  private final boolean gated;
  private final boolean apart;
  private final BoundMap map;

  /**
   * Channels.
   *
   * @param maps up, and gate if there is one, of the same weights
   * @param readers what each worker needs of the channels; empty if everything
   */
  JoinedChannels(
      Binding binding,
      Input input,
      Activation activation,
      List<StoredMap> maps,
      List<ColumnShare> readers) {
    Workspace workspace = binding.workspace();
    WeightRows weights = maps.get(0).weights();
    this.kernels = workspace.kernels();
    this.activation = activation;
    this.gated = maps.size() > 1;
    this.apart = isApart(readers);
    List<ColumnShare> alike = apart ? readers : List.of();
    List<RowSpan> rows = new ArrayList<>();
    maps.forEach(part -> rows.addAll(part.spans(binding.widths(), 0)));
    RowSpan[][] shares =
        workspace.shares(
            List.of(weights.shape(), rows, alike),
            () -> shares(weights, rows, alike, workspace.workers()));
    List<RowSpan> places = inPlace(weights.places(rows));
    int outputs = places.get(places.size() - 1).to();
    float[] bias = bias(weights, maps, binding.widths(), outputs);
    float[] output = workspace.slot(Workspace.Slot.FIRST, outputs);
    this.map =
        BoundMap.of(workspace, new BoundMap.Extent(weights, bias, outputs, input, shares), output);
  }

  private static boolean isApart(List<ColumnShare> readers) {
    int end = 0;
    for (ColumnShare reader : readers) {
      if (reader.from() < reader.to() && reader.from() < end) {
        return false;
      }
      end = Math.max(end, reader.to());
    }
    return !readers.isEmpty();
  }

  private static RowSpan[][] shares(
      WeightRows weights, List<RowSpan> rows, List<ColumnShare> readers, int workers) {
    if (readers.isEmpty()) {
      List<RowSpan[][]> even = SharedSpans.of(List.of(weights), List.of(rows), workers);
      RowSpan[][] shares = even.get(0);
      for (int i = 0; i < workers; i++) {
        shares[i] = inPlace(List.of(shares[i])).toArray(RowSpan[]::new);
      }
      return shares;
    }
    RowSpan[][] shares = new RowSpan[workers][];
    for (int i = 0; i < workers; i++) {
      List<RowSpan> own = new ArrayList<>();
      for (RowSpan span : rows) {
        int from = Math.max(span.output(), readers.get(i).from());
        int to = Math.min(span.output() + span.rows(), readers.get(i).to());
        if (from < to) {
          int shift = span.from() - span.output();
          own.add(new RowSpan(from + shift, to + shift, from));
        }
      }
      shares[i] = inPlace(weights.places(own)).toArray(RowSpan[]::new);
    }
    return shares;
  }

  /** The same places, with outputs of the same numbers; neighbours as one span. */
  private static List<RowSpan> inPlace(List<RowSpan> places) {
    List<RowSpan> merged = new ArrayList<>();
    for (RowSpan span : places.stream().sorted(Comparator.comparingInt(RowSpan::from)).toList()) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).to() == span.from()) {
        int from = merged.get(last).from();
        merged.set(last, new RowSpan(from, span.to(), from));
      } else {
        merged.add(new RowSpan(span.from(), span.to(), span.from()));
      }
    }
    return merged;
  }

  private static float[] bias(
      WeightRows weights, List<StoredMap> maps, BlockWidths widths, int outputs) {
    if (maps.stream().noneMatch(StoredMap::hasBias)) {
      return new float[0];
    }
    float[] all = new float[outputs];
    for (StoredMap map : maps) {
      float[] own = map.bias(widths);
      if (map.hasBias()) {
        for (RowSpan span : weights.places(map.spans(widths, 0))) {
          System.arraycopy(own, span.output(), all, span.from(), span.rows());
        }
      }
    }
    return all;
  }

  /** Whether a worker has computed all channels of a single token that it needs. */
  boolean isApart() {
    return apart;
  }

  @Override
  public void fetch(Worker worker) {
    map.fetch(worker);
  }

  @Override
  public void multiply(Worker worker, int tokens) {
    map.multiply(worker, tokens);
  }

  @Override
  public void form(int token, int from, int to, float[] y) {
    if (gated) {
      kernels.activatePairs(activation, map.output(), token * map.outputs(), from, to, y);
      return;
    }
    System.arraycopy(map.output(), token * map.outputs() + from, y, from, to - from);
    kernels.activate(activation, y, from, to - from);
  }
}

package io.gramian.edge.decode;

import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.WeightRows;
import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps that read the same and write one behind the other, {@code [T, n1 + n2 + ..]}, shared out as
 * if they were one; which they are where their rows lie together.
 */
final class JoinedMaps implements Upcoming {

  private final BoundMap[] parts;
  private final int[] first;

  private JoinedMaps(List<BoundMap> parts, int[] first) {
    this.parts = parts.toArray(BoundMap[]::new);
    this.first = first;
  }

  /**
   * Binds maps.
   *
   * @param maps at least one
   * @param slot for their outputs
   */
  static JoinedMaps of(Binding binding, Input input, List<StoredMap> maps, Workspace.Slot slot) {
    int[] first = new int[maps.size() + 1];
    List<WeightRows> weights = new ArrayList<>();
    List<List<RowSpan>> rows = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      StoredMap map = maps.get(i);
      first[i + 1] = first[i] + map.outputs(binding.widths());
      if (i == 0 || map.weights() != maps.get(i - 1).weights()) {
        weights.add(map.weights());
        rows.add(new ArrayList<>());
      }
      rows.get(rows.size() - 1).addAll(map.spans(binding.widths(), first[i]));
    }
    int outputs = first[maps.size()];
    float[] bias = bias(binding, maps, first);
    Workspace workspace = binding.workspace();
    float[] output = workspace.slot(slot, outputs);
    List<RowSpan[][]> shares = workspace.shares(weights, rows);
    List<BoundMap> parts = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      BoundMap.Extent extent =
          new BoundMap.Extent(weights.get(i), bias, outputs, input, shares.get(i));
      parts.add(BoundMap.of(workspace, extent, output));
    }
    return new JoinedMaps(parts, first);
  }

  /** The biases of all outputs; empty where no map has one. */
  private static float[] bias(Binding binding, List<StoredMap> maps, int[] first) {
    if (maps.stream().noneMatch(StoredMap::hasBias)) {
      return new float[0];
    }
    float[] all = new float[first[maps.size()]];
    for (int i = 0; i < maps.size(); i++) {
      float[] own = maps.get(i).bias(binding.widths());
      System.arraycopy(own, 0, all, first[i], own.length);
    }
    return all;
  }

  /** This worker's outputs, bias included, for all tokens. */
  void multiply(Worker worker, int tokens) {
    for (BoundMap part : parts) {
      part.multiply(worker, tokens);
    }
  }

  /** Begins to fetch what this worker reads first. */
  @Override
  public void fetch(Worker worker) {
    for (BoundMap part : parts) {
      if (part.own(worker).length > 0) {
        part.fetch(worker);
        return;
      }
    }
  }

  /** What all maps give. */
  float[] output() {
    return parts[0].output();
  }

  /** Where a map's outputs of a token begin. */
  int at(int token, int map) {
    return token * first[first.length - 1] + first[map];
  }
}

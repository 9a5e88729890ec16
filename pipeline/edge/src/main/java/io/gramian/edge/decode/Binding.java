package io.gramian.edge.decode;

import io.gramian.edge.kernel.ColumnPlan;
import io.gramian.edge.kernel.ColumnShare;
import io.gramian.edge.kernel.InputLayout;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.model.BlockWidths;
import io.gramian.model.LinearSpec;
import io.gramian.model.NormSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A block that is about to be bound at a width.
 *
 * @param workspace what its step computes in
 * @param stored its weights
 * @param widths what of them is used
 */
record Binding(Workspace workspace, StoredBlock stored, BlockWidths widths) {

  private InputLayout layout(LinearSpec spec) {
    StoredMap map = stored.map(spec);
    ColumnPlan plan = map.plan(widths);
    return workspace.layout(map.weights(), plan);
  }

  /** The normed residual stream, as {@code reader} wants it. */
  Input normedStream(LinearSpec reader) {
    NormSpec spec = stored.block().norm();
    Norm norm =
        new Norm(workspace.kernels(), stored.vector(spec.weight()).all(), spec.epsilon(), 1);
    return Input.stream(workspace, layout(reader), norm);
  }

  /** {@code source [T, inputs]}, as {@code reader} wants it. */
  Input input(LinearSpec reader, float[] source) {
    return Input.of(workspace, layout(reader), source);
  }

  /** The same, normed. */
  Input input(LinearSpec reader, float[] source, Norm norm) {
    return Input.of(workspace, layout(reader), source, norm);
  }

  /** An MLP's inner channels, as {@code reader} wants them. */
  Input input(LinearSpec reader, InnerChannels channels) {
    return Input.of(workspace, layout(reader), channels);
  }

  /** Every worker's columns of a map for a single token; empty if they share out its rows. */
  List<ColumnShare> columns(LinearSpec reader) {
    return workspace.columns(stored.map(reader).weights(), layout(reader));
  }

  /** A map whose outputs go to a slot. */
  BoundMap map(LinearSpec spec, Input input, Workspace.Slot slot) {
    return maps(input, List.of(spec), List.of(slot)).get(0);
  }

  /** Maps that read the same and are shared out as if they were one. */
  List<BoundMap> maps(Input input, List<LinearSpec> specs, List<Workspace.Slot> slots) {
    List<StoredMap> maps = specs.stream().map(stored::map).toList();
    List<RowSpan[][]> shares =
        workspace.shares(
            maps.stream().map(StoredMap::weights).toList(),
            maps.stream().map(map -> map.spans(widths, 0)).toList());
    List<BoundMap> bound = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      float[] output = workspace.slot(slots.get(i), maps.get(i).outputs(widths));
      BoundMap.Extent extent = BoundMap.Extent.of(maps.get(i), widths, input, shares.get(i));
      bound.add(BoundMap.of(workspace, extent, output));
    }
    return bound;
  }

  /** Maps that read the same, and whose outputs stand one behind the other in a slot. */
  JoinedMaps joined(Input input, List<LinearSpec> specs, Workspace.Slot slot) {
    return JoinedMaps.of(this, input, specs.stream().map(stored::map).toList(), slot);
  }

  /** The map whose outputs are added to the residual stream. */
  ResidualOutput residual(LinearSpec spec, Input input) {
    return residual(spec, input, Optional.empty());
  }

  /** The same, and what is added besides. */
  ResidualOutput residual(LinearSpec spec, Input input, Optional<DroppedValueBias> dropped) {
    return new ResidualOutput(workspace, map(spec, input, Workspace.Slot.OUTPUT), dropped);
  }
}

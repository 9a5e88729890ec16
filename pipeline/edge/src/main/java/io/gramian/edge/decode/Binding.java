package io.gramian.edge.decode;

import io.gramian.edge.kernel.ColumnPlan;
import io.gramian.edge.kernel.InputLayout;
import io.gramian.model.BlockWidths;
import io.gramian.model.LinearSpec;
import io.gramian.model.NormSpec;
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
    Norm norm = new Norm(stored.vector(spec.weight()).all(), spec.epsilon(), 1);
    return Input.stream(workspace, layout(reader), norm);
  }

  /** {@code source [T, inputs]}, as {@code reader} wants it. */
  Input input(LinearSpec reader, float[] source) {
    return Input.of(workspace, layout(reader), source);
  }

  /** The same, normed. */
  Input normed(LinearSpec reader, float[] source, Norm norm) {
    return Input.normed(workspace, layout(reader), source, norm);
  }

  /** A map whose outputs go to a slot. */
  BoundMap map(LinearSpec spec, Input input, Workspace.Slot slot) {
    StoredMap map = stored.map(spec);
    float[] output = workspace.slot(slot, map.outputs(widths));
    return BoundMap.of(workspace, new BoundMap.Extent(map, widths, input), output);
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

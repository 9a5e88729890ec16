package io.gramian.model.packed;

import io.gramian.checkpoint.DType;
import io.gramian.model.CoupledAxis;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorAxis;
import io.gramian.model.TensorShape;
import io.gramian.model.UnitSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The runs of every axis of a block's tensors: one for each segment of each coupling group that
 * touches the axis, and one for each stretch between them.
 */
final class PackedAxes {

  private final Map<TensorAxis, SortedMap<Integer, PackedRun>> pruned = new TreeMap<>();

  private PackedAxes() {}

  static PackedAxes of(ResidualBlock block) {
    PackedAxes axes = new PackedAxes();
    for (CoupledUnits units : CouplingGroups.of(block)) {
      units.axes().forEach(axis -> axes.add(axis, units.group().coupling()));
    }
    return axes;
  }

  private void add(CoupledAxis axis, Coupling coupling) {
    SortedMap<Integer, PackedRun> runs =
        pruned.computeIfAbsent(new TensorAxis(axis.tensor(), axis.axis()), key -> new TreeMap<>());
    for (int i = 0; i < axis.segments().size(); i++) {
      UnitSegment segment = axis.segments().get(i);
      int first = axis.offset() + segment.first();
      runs.put(
          first, new PackedRun(first, segment.units(), segment.channelsPerUnit(), coupling, i));
    }
  }

  private PackedAxis axis(String tensor, int axis, int channels) {
    List<PackedRun> runs = new ArrayList<>();
    int next = 0;
    for (PackedRun run :
        pruned.getOrDefault(new TensorAxis(tensor, axis), new TreeMap<>()).values()) {
      addFixed(runs, next, run.first());
      runs.add(run);
      next = run.first() + run.channels();
    }
    addFixed(runs, next, channels);
    return new PackedAxis(runs);
  }

  private static void addFixed(List<PackedRun> runs, int from, int to) {
    if (from < to) {
      runs.add(new PackedRun(from, to - from, 1, null, 0));
    }
  }

  /** A map in groups of at most {@code group} columns. */
  PackedMap map(LinearSpec map, int group) {
    return new PackedMap(
        map, axis(map.weight(), 0, map.out()), axis(map.weight(), 1, map.in()), group);
  }

  /** A tensor that is not quantised. */
  PackedVector vector(TensorShape tensor, boolean bias) {
    int rows = Math.toIntExact(tensor.shape().get(0));
    return new PackedVector(tensor, axis(tensor.name(), 0, rows), bias ? DType.F16 : DType.F32);
  }
}

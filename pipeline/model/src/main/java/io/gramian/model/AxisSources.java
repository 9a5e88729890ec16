package io.gramian.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The orders of a block's coupling groups, spelt out as whole axes: for every tensor axis that a
 * group touches, the channels of the original axis in their new places. With full orders that is
 * the permutation that sorts the tensor, with prefixes the slice that a width keeps.
 */
public final class AxisSources {

  private AxisSources() {}

  /**
   * Source channels of every touched axis of {@code block}. Channels of such an axis that belong to
   * no group stay where they are.
   *
   * @param orders units of each group, best first; a group that is missing keeps its order
   * @throws IllegalArgumentException if {@code orders} names a group that the block does not have
   */
  public static SortedMap<TensorAxis, int[]> of(
      ResidualBlock block, Map<CouplingGroup, List<Integer>> orders) {
    List<CoupledUnits> groups = CouplingGroups.of(block);
    requireKnown(groups, orders);
    SortedMap<TensorAxis, SortedMap<Integer, Slice>> slices = new TreeMap<>();
    for (CoupledUnits units : groups) {
      List<Integer> order = orders.getOrDefault(units.group(), units.identity());
      for (CoupledAxis axis : units.axes()) {
        slices
            .computeIfAbsent(new TensorAxis(axis.tensor(), axis.axis()), key -> new TreeMap<>())
            .put(axis.offset(), new Slice(axis, order));
      }
    }
    Map<String, TensorShape> shapes =
        block.tensors().stream().collect(Collectors.toMap(TensorShape::name, shape -> shape));
    SortedMap<TensorAxis, int[]> sources = new TreeMap<>();
    slices.forEach(
        (key, parts) -> {
          long length = shapes.get(key.tensor()).shape().get(key.axis());
          sources.put(key, join(parts, Math.toIntExact(length)));
        });
    return sources;
  }

  /** A slice and the order it is to take. */
  private record Slice(CoupledAxis axis, List<Integer> order) {}

  private static int[] join(SortedMap<Integer, Slice> slices, int length) {
    IntStream.Builder sources = IntStream.builder();
    int next = 0;
    for (Slice slice : slices.values()) {
      IntStream.range(next, slice.axis().offset()).forEach(sources);
      Arrays.stream(slice.axis().sources(slice.order())).forEach(sources);
      next = slice.axis().offset() + slice.axis().channels();
    }
    IntStream.range(next, length).forEach(sources);
    return sources.build().toArray();
  }

  private static void requireKnown(
      List<CoupledUnits> groups, Map<CouplingGroup, List<Integer>> orders) {
    List<CouplingGroup> known = groups.stream().map(CoupledUnits::group).toList();
    orders.keySet().stream()
        .filter(group -> !known.contains(group))
        .min(Comparator.comparing(CouplingGroup::toString))
        .ifPresent(
            group -> {
              throw new IllegalArgumentException("the block has no " + group);
            });
  }
}

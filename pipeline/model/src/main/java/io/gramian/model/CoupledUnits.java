package io.gramian.model;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A coupling group with what it reorders: the same units on every axis.
 *
 * @param group which group
 * @param segments its units, numbered through: the first segment's, then the second's
 * @param axes the slices that one order reorders together
 */
public record CoupledUnits(CouplingGroup group, List<UnitSegment> segments, List<CoupledAxis> axes)
    implements Serializable {

  public CoupledUnits {
    segments = List.copyOf(segments);
    axes = List.copyOf(axes);
  }

  /** The kind of the first segment: RoPE pairs come before the channels that pass through. */
  public Unit unit() {
    return segments.get(0).unit();
  }

  /** Number of units: the length of a rank order of this group. */
  public int units() {
    return segments.stream().mapToInt(UnitSegment::units).sum();
  }

  /** The order that changes nothing. */
  public List<Integer> identity() {
    return IntStream.range(0, units()).boxed().toList();
  }
}

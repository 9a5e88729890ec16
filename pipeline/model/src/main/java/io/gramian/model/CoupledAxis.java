package io.gramian.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A slice of one axis of one tensor that a coupling group's order reorders. Sorting, slicing and
 * masking all ask {@link #sources} and nothing else, for every coupling.
 *
 * <p>The group's units are numbered through the segments: the first segment's units, then the
 * second's, and so on.
 *
 * @param tensor its name
 * @param axis 0 for rows and biases, 1 for columns
 * @param offset where the slice begins on the axis
 * @param segments what stands on the slice, in ascending order of channels
 */
public record CoupledAxis(String tensor, int axis, int offset, List<UnitSegment> segments)
    implements Serializable {

  public CoupledAxis {
    segments = List.copyOf(segments);
  }

  /** Units of the group. */
  public int units() {
    return segments.stream().mapToInt(UnitSegment::units).sum();
  }

  /** Length of the slice. */
  public int channels() {
    return segments.stream().mapToInt(UnitSegment::channels).sum();
  }

  /**
   * The channels of the original axis to place, one after the other, at the slice's new positions.
   * Segments stay where they are and keep their layout: for RoPE pairs {@code a, b, ...} that is
   * {@code a, b, ..., a + r/2, b + r/2, ...}, again half-split.
   *
   * <p>A permutation of the units gives a permutation of the slice (sorting). Fewer units give the
   * narrower slice that holds just these (slicing); what it does not list is what a mask zeroes.
   * Cost: linear in the channels.
   *
   * @param order distinct units, best first; the order counts within a segment only
   * @throws IllegalArgumentException for a unit that does not exist or comes twice
   */
  public int[] sources(List<Integer> order) {
    requireDistinctUnits(order);
    int[] sources = new int[channels()];
    int size = 0;
    int firstUnit = 0;
    for (UnitSegment segment : segments) {
      for (int k = 0; k < segment.channelsPerUnit(); k++) {
        int origin = offset + segment.first() + k * segment.units();
        for (int unit : order) {
          if (unit >= firstUnit && unit < firstUnit + segment.units()) {
            sources[size++] = origin + unit - firstUnit;
          }
        }
      }
      firstUnit += segment.units();
    }
    return Arrays.copyOf(sources, size);
  }

  private void requireDistinctUnits(List<Integer> order) {
    int units = units();
    BitSet seen = new BitSet(units);
    for (int unit : order) {
      if (unit < 0 || unit >= units || seen.get(unit)) {
        throw new IllegalArgumentException(
            tensor + ": unit " + unit + " comes twice or is not one of " + units);
      }
      seen.set(unit);
    }
  }
}

package io.gramian.model;

import java.io.Serializable;

/**
 * Units of one kind that stand together on a slice of an axis. Unit {@code u} of the segment holds
 * the channels {@code first + u + k * units} for {@code k = 0 .. channelsPerUnit - 1}: one channel,
 * or under half-split RoPE the two that rotate together.
 *
 * @param unit what is counted
 * @param first the segment's first channel within the slice
 * @param units how many there are
 * @param channelsPerUnit channels that stay together
 */
public record UnitSegment(Unit unit, int first, int units, int channelsPerUnit)
    implements Serializable {

  public UnitSegment {
    if (first < 0 || units <= 0 || channelsPerUnit <= 0) {
      throw new IllegalArgumentException(
          units + " units of " + channelsPerUnit + " channels from channel " + first);
    }
  }

  /** Channels that the segment takes. */
  public int channels() {
    return Math.multiplyExact(units, channelsPerUnit);
  }
}

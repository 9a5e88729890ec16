package io.gramian.model.allocation;

import io.gramian.model.Unit;
import java.io.Serializable;

/**
 * How much of one segment of a coupling's units stays, in every head alike.
 *
 * @param unit what is counted
 * @param kept units that stay
 * @param of units of the whole model
 */
public record SegmentWidth(Unit unit, int kept, int of) implements Serializable {

  /** Refuses what is outside {@code 0 <= kept <= of}. */
  public SegmentWidth {
    if (kept < 0 || kept > of) {
      throw new IllegalArgumentException(kept + " of " + of + " units");
    }
  }
}

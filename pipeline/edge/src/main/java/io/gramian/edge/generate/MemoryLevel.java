package io.gramian.edge.generate;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.util.Locale;

/**
 * A width, and the memory that it asks for. What lies between the two numbers lets things be as
 * they are, so that a width does not go to and fro.
 *
 * @param ratio the width
 * @param leaveBelow with fewer bytes available it is left for a narrower one
 * @param returnFrom with so many bytes available a narrower one may come back to it
 */
public record MemoryLevel(KeepRatio ratio, long leaveBelow, long returnFrom) {

  /** Refuses negative sizes, and to come back before one has to leave. */
  public MemoryLevel {
    if (leaveBelow < 0 || returnFrom < leaveBelow) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "width %s is left below %d bytes and taken again from %d: give a number of at least 0"
                  + " and one that is not smaller",
              ratio,
              leaveBelow,
              returnFrom));
    }
  }

  /** Comes back when there is a quarter more than what it was left for. */
  public static MemoryLevel of(KeepRatio ratio, long leaveBelow) {
    return new MemoryLevel(ratio, leaveBelow, leaveBelow + leaveBelow / 4);
  }
}

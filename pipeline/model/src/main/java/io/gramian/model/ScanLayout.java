package io.gramian.model;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.Locale;

/**
 * Heads of a state space mixer. Head {@code j} reads the input and output vectors {@code B} and
 * {@code C} of group {@code j / headsPerGroup}, so the heads of one group are neighbours.
 *
 * @param heads {@code H}
 * @param headSize channels a head, {@code P}
 * @param groups {@code G}, a divisor of {@code H}
 * @param stateSize states of every channel, {@code N}
 * @param normGroups groups of whole heads that the gated norm averages over by themselves, a
 *     divisor of {@code H}; 1 is the whole width
 * @param chunkSize tokens that the scan takes at once; changes rounding only
 */
public record ScanLayout(
    int heads, int headSize, int groups, int stateSize, int normGroups, int chunkSize)
    implements Serializable {

  /** Refuses sizes that are not positive and heads that the groups cannot share evenly. */
  public ScanLayout {
    positive("number of SSM heads", heads);
    positive("SSM head size", headSize);
    positive("number of SSM groups", groups);
    positive("SSM state size", stateSize);
    positive("number of norm groups", normGroups);
    positive("chunk size", chunkSize);
    evenly(heads, groups, "SSM groups");
    evenly(heads, normGroups, "groups of the gated norm");
    long rows = 2L * heads * headSize + heads;
    if (rows > Integer.MAX_VALUE || rows + 2L * groups * stateSize > Integer.MAX_VALUE) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%d SSM heads of %d channels with %d groups of %d states are more rows than a tensor"
                  + " can have",
              heads,
              headSize,
              groups,
              stateSize));
    }
  }

  private static void positive(String what, int size) {
    if (size <= 0) {
      throw new UserException(
          String.format(Locale.ROOT, "the %s is %d: it must be at least 1", what, size));
    }
  }

  private static void evenly(int heads, int groups, String what) {
    if (heads % groups != 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%d SSM heads cannot share %d %s evenly: the number of heads must be a multiple",
              heads,
              groups,
              what));
    }
  }

  /** Channels of z, of x and of the gated norm: {@code H P}. */
  public int innerSize() {
    return heads * headSize;
  }

  /** Heads that share one group's {@code B} and {@code C}: {@code H / G}. */
  public int headsPerGroup() {
    return heads / groups;
  }

  /** Channels of {@code B}, and of {@code C}: {@code G N}. */
  public int stateWidth() {
    return groups * stateSize;
  }

  /** Channels that are convolved, x, {@code B} and {@code C}: {@code H P + 2 G N}. */
  public int convolutionChannels() {
    return innerSize() + 2 * stateWidth();
  }

  /** Rows of the input map, z, x, {@code B}, {@code C} and dt: {@code 2 H P + 2 G N + H}. */
  public int inputRows() {
    return innerSize() + convolutionChannels() + heads;
  }
}

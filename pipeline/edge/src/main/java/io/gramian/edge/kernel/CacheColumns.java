package io.gramian.edge.kernel;

/**
 * Some channels of a cached head at the first positions, as {@link SixteenBits}: {@code [blocks,
 * channels, LANES]} integers, a block of {@link #POSITIONS} positions, so that a vector holds one
 * channel of many positions. Every position has a scale. Reused; one thread's own.
 */
public final class CacheColumns {

  /** Positions of a block. */
  public static final int POSITIONS = SixteenBits.PER_LINE;

  int[] values;
  int at;
  int stride;
  float[] scales;
  int scalesAt;
  int channels;
  int positions;

  /**
   * Says where they are.
   *
   * @param array that holds the cache
   * @param first where the first channel of the first position is
   * @param perBlock from one block to the next
   */
  public CacheColumns set(int[] array, int first, int perBlock) {
    values = array;
    at = first;
    stride = perBlock;
    return this;
  }

  /** Says where their scales are: one a position, of whole blocks. */
  public CacheColumns scaled(float[] array, int first) {
    scales = array;
    scalesAt = first;
    return this;
  }

  /** Says how much of them is used. */
  public CacheColumns extent(int rows, int columns) {
    positions = rows;
    channels = columns;
    return this;
  }

  /** Positions of whole blocks that hold so many. */
  public static int whole(int positions) {
    return (positions + POSITIONS - 1) / POSITIONS * POSITIONS;
  }
}

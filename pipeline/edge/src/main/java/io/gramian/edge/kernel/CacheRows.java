package io.gramian.edge.kernel;

/**
 * The first channels of a cached head at the first positions, as {@link SixteenBits}: {@code
 * [positions, channels / 32, LANES]} integers in rows of {@code stride}. Every position has a
 * scale. Reused; one thread's own.
 */
public final class CacheRows {

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
   * @param first where the first position's row begins
   * @param perRow from one position to the next
   */
  public CacheRows set(int[] array, int first, int perRow) {
    values = array;
    at = first;
    stride = perRow;
    return this;
  }

  /** Says where their scales are, one a position. */
  public CacheRows scaled(float[] array, int first) {
    scales = array;
    scalesAt = first;
    return this;
  }

  /** Says how much of them is used. */
  public CacheRows extent(int rows, int columns) {
    positions = rows;
    channels = columns;
    return this;
  }

  /** Room that {@link Kernels#mix} needs for so many channels. */
  public static int whole(int channels) {
    return 2 * SixteenBits.integers(channels);
  }
}

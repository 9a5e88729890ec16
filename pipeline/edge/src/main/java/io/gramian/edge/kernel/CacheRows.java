package io.gramian.edge.kernel;

/**
 * The first channels of a cached head at the first positions: {@code [positions, channels]} in rows
 * of {@code stride}. Reused; one thread's own.
 */
public final class CacheRows {

  float[] values;
  int at;
  int stride;
  int channels;
  int positions;

  /**
   * Says where they are.
   *
   * @param array that holds the cache
   * @param first where the first position's row begins
   * @param perRow from one position to the next
   */
  public CacheRows set(float[] array, int first, int perRow) {
    values = array;
    at = first;
    stride = perRow;
    return this;
  }

  /** Says how much of them is used. */
  public CacheRows extent(int rows, int columns) {
    positions = rows;
    channels = columns;
    return this;
  }
}

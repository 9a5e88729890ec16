package io.gramian.edge.kernel;

/**
 * Some channels of a cached head at the first positions, in blocks of {@link #POSITIONS} positions:
 * {@code [blocks, channels, POSITIONS]}, so that a vector holds one channel of as many positions.
 * Reused; one thread's own.
 */
public final class CacheColumns {

  /** Positions of a block. */
  public static final int POSITIONS = 16;

  float[] values;
  int at;
  int stride;
  int channels;
  int positions;

  /**
   * Says where they are.
   *
   * @param array that holds the cache
   * @param first where the first channel of the first position is
   * @param perBlock from one block to the next
   */
  public CacheColumns set(float[] array, int first, int perBlock) {
    values = array;
    at = first;
    stride = perBlock;
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

package io.gramian.edge.kernel;

/**
 * Numbers of a cache in 16 bits each: some with a scale {@code s} in common are {@code s (u / 2^16
 * - 1/2)}, {@code u} an integer. The largest of them is off by {@code s / 2^17} at most, and zero
 * is exact. Kernels put {@code u} into the upper mantissa of {@code 1.0}, which makes it {@code 1 +
 * u / 2^16}, and take {@code 3/2} away from whole sums.
 */
public final class SixteenBits {

  /** Numbers of which every integer holds two: the first {@link #LANES} and the others. */
  public static final int PER_LINE = 32;

  /** Integers that hold {@link #PER_LINE} numbers. */
  public static final int LANES = PER_LINE / 2;

  /**
   * What a sum of {@code 1 + u / 2^16} has too much, for each unit of what they are multiplied by.
   */
  static final float OFFSET = 1.5f;

  private static final int ZERO = 1 << 15;
  private static final int LARGEST = ZERO - 1;

  private SixteenBits() {}

  /** Integers that hold so many numbers. */
  public static int integers(int numbers) {
    return (numbers + PER_LINE - 1) / PER_LINE * LANES;
  }

  /** The scale of numbers of at most that size. */
  public static float scale(float largest) {
    return largest * (2f * ZERO / LARGEST);
  }

  /** By what a number is multiplied to be put: 0 if all are 0. */
  public static float inverse(float largest) {
    return largest > 0 ? LARGEST / largest : 0;
  }

  /**
   * Puts a number, already multiplied with {@link #inverse}.
   *
   * @param at of the first of {@link #LANES} integers
   * @param place 0 to {@link #PER_LINE} - 1
   */
  public static void put(int[] integers, int at, int place, float number) {
    int bits = (int) (number + (ZERO + 0.5f));
    int i = at + place % LANES;
    int shift = place / LANES * 16;
    integers[i] = integers[i] & ~(0xffff << shift) | bits << shift;
  }

  /** The number at a place. */
  public static float get(int[] integers, int at, int place, float scale) {
    int bits = integers[at + place % LANES] >>> place / LANES * 16 & 0xffff;
    return scale * ((bits - ZERO) / (2f * ZERO));
  }
}

package io.gramian.compress.statistics;

import java.io.Serializable;
import java.nio.DoubleBuffer;
import java.util.Arrays;

/**
 * A vector of sums that do not depend on the order of their terms.
 *
 * <p>Floating-point addition is not associative, so a sum over executors would depend on which
 * finished first. Here every term is rounded once, to a multiple of {@code 2^-44}, and added as an
 * integer of two words: {@code value = high * 2^8 + low * 2^-44}, {@code 0 <= low < 2^52}. Integer
 * addition is exact, so {@link #plus} and {@link #minus} are inverse to each other and any grouping
 * gives the same words. The form is canonical: equal sums have equal words.
 *
 * <p>Range {@code 2^70} (1e21), resolution 6e-14 absolute: a Gram matrix of activations near 1e-3
 * over ten thousand tokens still has eleven digits. Costs 16 bytes an element, and about two
 * nanoseconds an element and addition; 10 bytes between tasks ({@link FixedPointWire}).
 */
public final class FixedPointSum implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int LOW_BITS = 52;
  private static final long LOW_MASK = (1L << LOW_BITS) - 1;
  private static final int HALF_BITS = 26;
  private static final long HALF_MASK = (1L << HALF_BITS) - 1;
  private static final double HIGH_UNIT = 0x1p8;
  private static final double PER_HIGH_UNIT = 0x1p-8;
  private static final double LOW_UNIT = 0x1p-44;
  private static final double PER_LOW_UNIT = 0x1p44;

  /** Terms must be smaller, so that 256 of the largest cannot overflow a high word. */
  private static final double LIMIT = 0x1p62;

  /** Terms that are fetched from native memory at once: few enough to stay in the cache. */
  private static final int CHUNK = 4096;

  private final long[] high;
  private final long[] low;

  private FixedPointSum(long[] high, long[] low) {
    this.high = high;
    this.low = low;
  }

  /** Zeros. */
  public static FixedPointSum zeros(int length) {
    return new FixedPointSum(new long[length], new long[length]);
  }

  /**
   * A sum from its stored words.
   *
   * @throws IllegalArgumentException if they are not of the canonical form
   */
  public static FixedPointSum ofWords(long[] high, long[] low) {
    return owning(high.clone(), low.clone());
  }

  /** The same of words that nothing else will change: they are not copied. */
  static FixedPointSum owning(long[] high, long[] low) {
    requireCanonical(high, low);
    return new FixedPointSum(high, low);
  }

  private static void requireCanonical(long[] high, long[] low) {
    if (high.length != low.length) {
      throw new IllegalArgumentException(
          "high has " + high.length + " words, low has " + low.length);
    }
    for (long word : low) {
      if ((word & ~LOW_MASK) != 0) {
        throw new IllegalArgumentException("low word " + word + " is outside [0, 2^52)");
      }
    }
  }

  public int length() {
    return high.length;
  }

  /** Words worth {@code 2^8} each; a copy. */
  public long[] highWords() {
    return high.clone();
  }

  /** Words worth {@code 2^-44} each, in [0, 2^52); a copy. */
  public long[] lowWords() {
    return low.clone();
  }

  /**
   * Adds one term to every element.
   *
   * @throws ArithmeticException if a term is not finite or not below 2^62; the sum is then
   *     undefined
   */
  public void add(double[] terms) {
    requireTerms(terms.length);
    requireBelowLimit(add(terms, terms.length, 0));
  }

  /**
   * Adds one term to every element: those that remain in a buffer, which may be native memory and
   * is read once.
   *
   * @throws ArithmeticException if a term is not finite or not below 2^62; the sum is then
   *     undefined
   */
  public void add(DoubleBuffer terms) {
    requireTerms(terms.remaining());
    double[] chunk = new double[Math.min(CHUNK, high.length)];
    double largest = 0;
    for (int from = 0; from < high.length; from += CHUNK) {
      int count = Math.min(CHUNK, high.length - from);
      terms.get(chunk, 0, count);
      largest = Math.max(largest, add(chunk, count, from));
    }
    requireBelowLimit(largest);
  }

  private void requireTerms(int terms) {
    if (terms != high.length) {
      throw new IllegalArgumentException(terms + " terms for " + high.length + " sums");
    }
  }

  /** Adds the first terms to the elements from an index on; returns the largest magnitude. */
  private double add(double[] terms, int count, int from) {
    double largest = 0;
    for (int i = 0; i < count; i++) {
      double term = terms[i];
      double floor = Math.floor(term * PER_HIGH_UNIT);
      // Exact: a double minus its part above 2^8 has no more bits than the double.
      long fraction = (long) Math.rint((term - floor * HIGH_UNIT) * PER_LOW_UNIT);
      long sum = low[from + i] + fraction;
      low[from + i] = sum & LOW_MASK;
      high[from + i] += (long) floor + (sum >>> LOW_BITS);
      largest = Math.max(largest, Math.abs(term));
    }
    return largest;
  }

  private static void requireBelowLimit(double largest) {
    if (!(largest < LIMIT)) {
      throw new ArithmeticException("a term of " + largest + " cannot be summed (limit 4.6e18)");
    }
  }

  /**
   * Adds another sum to this one, exactly.
   *
   * @throws ArithmeticException if a sum leaves the range; this one is then undefined
   */
  public void merge(FixedPointSum other) {
    requireSameLength(other);
    for (int i = 0; i < high.length; i++) {
      long sum = low[i] + other.low[i];
      low[i] = sum & LOW_MASK;
      high[i] = Math.addExact(Math.addExact(high[i], other.high[i]), sum >>> LOW_BITS);
    }
  }

  /**
   * Both together, exactly.
   *
   * @throws ArithmeticException if a sum leaves the range
   */
  public FixedPointSum plus(FixedPointSum other) {
    FixedPointSum sum = new FixedPointSum(high.clone(), low.clone());
    sum.merge(other);
    return sum;
  }

  /**
   * This one without another, exactly: undoes {@link #plus}.
   *
   * @throws ArithmeticException if a difference leaves the range
   */
  public FixedPointSum minus(FixedPointSum other) {
    requireSameLength(other);
    FixedPointSum rest = zeros(high.length);
    for (int i = 0; i < high.length; i++) {
      long difference = low[i] - other.low[i];
      rest.low[i] = difference & LOW_MASK;
      rest.high[i] =
          Math.addExact(Math.subtractExact(high[i], other.high[i]), difference >> LOW_BITS);
    }
    return rest;
  }

  /**
   * Every sum times a weight, rounded once to the nearest multiple of {@code 2^-44}, halves to the
   * even one: exact for whole weights. Some ten nanoseconds an element.
   *
   * @throws ArithmeticException if a product leaves the range
   */
  public FixedPointSum times(Weight weight) {
    FixedPointSum product = zeros(high.length);
    for (int i = 0; i < high.length; i++) {
      product.setScaled(i, high[i], low[i], weight);
    }
    return product;
  }

  /**
   * Long division of {@code (high * 2^52 + low) * numerator} by the denominator, in digits of 26
   * bits. Both are at most 10^9 and thus below 2^30, so no step needs more than 61 bits; only the
   * quotient may be too large, and is checked.
   */
  private void setScaled(int i, long highWord, long lowWord, Weight weight) {
    long by = weight.denominator();
    long times = weight.numerator();
    long first = Math.floorMod(highWord, by) * times;
    long second = ((first % by) << HALF_BITS) + (lowWord >>> HALF_BITS) * times;
    long third = ((second % by) << HALF_BITS) + (lowWord & HALF_MASK) * times;
    long last = third / by + roundedUp(third / by, 2 * (third % by), by);
    long middle = second / by + (last >>> HALF_BITS);
    low[i] = ((middle & HALF_MASK) << HALF_BITS) | (last & HALF_MASK);
    long whole = Math.multiplyExact(Math.floorDiv(highWord, by), times);
    high[i] = Math.addExact(whole, first / by + (middle >>> HALF_BITS));
  }

  /** 1 if what is left over rounds the quotient up, halves going to the even one. */
  private static long roundedUp(long quotient, long twiceTheRest, long by) {
    return twiceTheRest > by || (twiceTheRest == by && (quotient & 1) == 1) ? 1 : 0;
  }

  private void requireSameLength(FixedPointSum other) {
    if (other.high.length != high.length) {
      throw new IllegalArgumentException(
          "sums of " + high.length + " and " + other.high.length + " elements");
    }
  }

  /** The sums, each rounded once to the nearest double. */
  public double[] toDoubles() {
    double[] values = new double[high.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = high[i] * HIGH_UNIT + low[i] * LOW_UNIT;
    }
    return values;
  }

  private Object writeReplace() {
    return new FixedPointWire(high, low);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FixedPointSum that
        && Arrays.equals(high, that.high)
        && Arrays.equals(low, that.low);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(high) + Arrays.hashCode(low);
  }

  @Override
  public String toString() {
    return "FixedPointSum" + Arrays.toString(toDoubles());
  }
}

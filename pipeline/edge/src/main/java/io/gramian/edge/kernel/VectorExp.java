package io.gramian.edge.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponential of a vector of F32 numbers, to two units in the last place: {@code e^x = 2^n
 * e^r}, {@code n = round(x / ln 2)}, {@code |r| <= ln(2) / 2}, {@code e^r} by a polynomial of
 * degree 6 (Cody and Waite's reduction; coefficients of Cephes' {@code expf}). Arguments are held
 * to -87 .. 88, where the result neither vanishes nor overflows.
 *
 * <p>The library's own would do, but calls out of line on some platforms, and its last bits are not
 * the same everywhere; this one's are.
 *
 * <p>It stands here twice. A method of its own, with a vector as its argument and its result, the
 * compiler takes into its callers only until it has compiled it by itself: in some starts of a JVM
 * every vector would go through the heap.
 */
final class VectorExp {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** {@code 1.5 * 2^23}: adding it rounds to an integer, which then stands in the lowest bits. */
  private static final float ROUND = 12582912f;

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
  private static final int BIAS = 127;
  private static final float LEAST = -87f;
  private static final float MOST = 88f;

  /** Coefficients of {@code e^r = 1 + r + r^2 (P1 + P2 r + P3 r^2 + ...)}. */
  private static final float P1 = 5.0000001201e-1f;

  private static final float P2 = 1.6666665459e-1f;
  private static final float P3 = 4.1665795894e-2f;
  private static final float P4 = 8.3334519073e-3f;
  private static final float P5 = 1.3981999507e-3f;
  private static final float P6 = 1.9875691500e-4f;

  /** As many zeros as a vector has lanes, then as many ones. */
  private static final float[] ZEROS_AND_ONES = new float[2 * L];

  static {
    Arrays.fill(ZEROS_AND_ONES, L, 2 * L, 1f);
  }

  private VectorExp() {}

  /**
   * {@code x[at + i]} becomes {@code e^(x[at + i] - max)}; returns their sum.
   *
   * @param n at least a vector's lanes. What does not fill the last vector is taken with its
   *     neighbours once more, which then stay as they are and do not count
   */
  static float powers(float[] x, int at, int n, float max) {
    FloatVector sums = FloatVector.zero(F);
    for (int i = at; i < at + n; i += L) {
      int from = Math.min(i, at + n - L);
      FloatVector before = FloatVector.fromArray(F, x, from);
      FloatVector v = before.sub(max).max(LEAST).min(MOST);
      FloatVector shifted = v.fma(LOG2_E, ROUND);
      FloatVector k = shifted.sub(ROUND);
      FloatVector r = k.fma(-LN2_HIGH, 0f).add(v);
      r = k.fma(FloatVector.broadcast(F, -LN2_LOW), r);
      FloatVector p = r.fma(P6, P5);
      p = p.fma(r, FloatVector.broadcast(F, P4));
      p = p.fma(r, FloatVector.broadcast(F, P3));
      p = p.fma(r, FloatVector.broadcast(F, P2));
      p = p.fma(r, FloatVector.broadcast(F, P1));
      p = p.fma(r.mul(r), r).add(1f);
      IntVector exponent = shifted.reinterpretAsInts().sub(ROUND_BITS).add(BIAS);
      p = p.mul(exponent.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      FloatVector fresh = FloatVector.fromArray(F, ZEROS_AND_ONES, L - (i - from));
      p = p.mul(fresh);
      before.fma(fresh.neg(), before).add(p).intoArray(x, from);
      sums = sums.add(p);
    }
    return sums.reduceLanes(VectorOperators.ADD);
  }

  /**
   * {@code y[yAt + i] = v / (1 + e^-v)}, {@code v} the {@code i}th of the numbers from {@code
   * x[at]} on.
   *
   * @param skip numbers that are passed over behind every sixteen
   * @param n a multiple of a vector's lanes
   */
  static void silu(float[] x, int at, int skip, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector whole = FloatVector.fromArray(F, x, at + i + i / Kernels.PAIRED * skip);
      FloatVector v = whole.neg().max(LEAST).min(MOST);
      FloatVector shifted = v.fma(LOG2_E, ROUND);
      FloatVector k = shifted.sub(ROUND);
      FloatVector r = k.fma(-LN2_HIGH, 0f).add(v);
      r = k.fma(FloatVector.broadcast(F, -LN2_LOW), r);
      FloatVector p = r.fma(P6, P5);
      p = p.fma(r, FloatVector.broadcast(F, P4));
      p = p.fma(r, FloatVector.broadcast(F, P3));
      p = p.fma(r, FloatVector.broadcast(F, P2));
      p = p.fma(r, FloatVector.broadcast(F, P1));
      p = p.fma(r.mul(r), r).add(1f);
      IntVector exponent = shifted.reinterpretAsInts().sub(ROUND_BITS).add(BIAS);
      p = p.mul(exponent.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      whole.div(p.add(1f)).intoArray(y, yAt + i);
    }
  }
}

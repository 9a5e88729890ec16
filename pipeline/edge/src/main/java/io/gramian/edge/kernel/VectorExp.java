package io.gramian.edge.kernel;

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
 */
final class VectorExp {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** {@code 1.5 * 2^23}: adding it rounds to an integer, which then stands in the lowest bits. */
  private static final float ROUND = 12582912f;

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
  private static final int BIAS = 127;

  private VectorExp() {}

  /** {@code e^x}. */
  static FloatVector of(FloatVector argument) {
    FloatVector x = argument.max(-87f).min(88f);
    FloatVector shifted = x.fma(LOG2_E, ROUND);
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(-LN2_HIGH, 0f).add(x);
    r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
    FloatVector p = r.fma(1.9875691500e-4f, 1.3981999507e-3f);
    p = p.fma(r, FloatVector.broadcast(F, 8.3334519073e-3f));
    p = p.fma(r, FloatVector.broadcast(F, 4.1665795894e-2f));
    p = p.fma(r, FloatVector.broadcast(F, 1.6666665459e-1f));
    p = p.fma(r, FloatVector.broadcast(F, 5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUND_BITS).add(BIAS);
    return p.mul(exponent.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
  }
}

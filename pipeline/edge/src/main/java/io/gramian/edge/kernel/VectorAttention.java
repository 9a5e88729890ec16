package io.gramian.edge.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scores of one query against cached keys, and the mix of cached values, both in {@link
 * SixteenBits}: a shift, and an operation that the compiler makes of {@code and} and {@code or},
 * turn half of a vector's bits into numbers.
 */
final class VectorAttention {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  private static final int POSITIONS = CacheColumns.POSITIONS;
  private static final int LANES = SixteenBits.LANES;
  private static final float OFFSET = SixteenBits.OFFSET;

  private static final int ONE = 0x3f800000;
  private static final int MANTISSA = 0xffff << 7;

  private VectorAttention() {}

  static void addScores(float[] q, int qAt, CacheColumns keys, float[] scores) {
    float offset = -OFFSET * sum(q, qAt, keys.channels);
    for (int p = 0; p < keys.positions; p += POSITIONS) {
      for (int lane = 0; lane < LANES; lane += L) {
        scores(q, qAt, offset, keys, p + lane, scores);
      }
    }
  }

  private static float sum(float[] x, int at, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = at;
    for (; i + 4 <= at + n; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < at + n; i++) {
      a += x[i];
    }
    return a + b + (c + d);
  }

  /**
   * Of {@code L} positions from {@code p} on and as many {@code LANES} behind them. Four sums: two
   * would have to wait for themselves.
   */
  private static void scores(
      float[] q, int qAt, float offset, CacheColumns keys, int p, float[] scores) {
    int[] values = keys.values;
    int channels = keys.channels;
    int at = keys.at + p / POSITIONS * keys.stride + p % POSITIONS;
    IntVector one = IntVector.broadcast(I, ONE);
    IntVector mantissa = IntVector.broadcast(I, MANTISSA);
    FloatVector a = FloatVector.broadcast(F, offset);
    FloatVector b = FloatVector.broadcast(F, offset);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    int channel = 0;
    for (; channel + 2 <= channels; channel += 2) {
      IntVector v = IntVector.fromArray(I, values, at + channel * LANES);
      IntVector w = IntVector.fromArray(I, values, at + channel * LANES + LANES);
      FloatVector x = FloatVector.broadcast(F, q[qAt + channel]);
      FloatVector y = FloatVector.broadcast(F, q[qAt + channel + 1]);
      IntVector low = v.lanewise(VectorOperators.LSHL, 7);
      IntVector high = v.lanewise(VectorOperators.LSHR, 9);
      a = x.fma(low.and(mantissa).or(one).reinterpretAsFloats(), a);
      b = x.fma(high.and(mantissa).or(one).reinterpretAsFloats(), b);
      low = w.lanewise(VectorOperators.LSHL, 7);
      high = w.lanewise(VectorOperators.LSHR, 9);
      c = y.fma(low.and(mantissa).or(one).reinterpretAsFloats(), c);
      d = y.fma(high.and(mantissa).or(one).reinterpretAsFloats(), d);
    }
    if (channel < channels) {
      IntVector v = IntVector.fromArray(I, values, at + channel * LANES);
      FloatVector x = FloatVector.broadcast(F, q[qAt + channel]);
      IntVector low = v.lanewise(VectorOperators.LSHL, 7);
      IntVector high = v.lanewise(VectorOperators.LSHR, 9);
      a = x.fma(low.and(mantissa).or(one).reinterpretAsFloats(), a);
      b = x.fma(high.and(mantissa).or(one).reinterpretAsFloats(), b);
    }
    float[] scales = keys.scales;
    int scale = keys.scalesAt + p;
    FloatVector s = FloatVector.fromArray(F, scores, p);
    FloatVector t = FloatVector.fromArray(F, scores, p + LANES);
    a.add(c).fma(FloatVector.fromArray(F, scales, scale), s).intoArray(scores, p);
    b.add(d).fma(FloatVector.fromArray(F, scales, scale + LANES), t).intoArray(scores, p + LANES);
  }

  /** In one pass over the positions for up to 64 channels. */
  static void mix(float[] weights, CacheRows values, float[] y, int yAt) {
    int line = 0;
    int lines = SixteenBits.integers(values.channels) / LANES;
    for (; line + 2 <= lines; line += 2) {
      for (int lane = 0; lane < LANES; lane += L) {
        two(weights, values, line * LANES + lane, y, yAt + line * 2 * LANES + lane);
      }
    }
    if (line < lines) {
      for (int lane = 0; lane < LANES; lane += L) {
        one(weights, values, line * LANES + lane, y, yAt + line * 2 * LANES + lane);
      }
    }
  }

  private static void two(float[] weights, CacheRows values, int first, float[] y, int yAt) {
    int[] v = values.values;
    float[] scales = values.scales;
    int scalesAt = values.scalesAt;
    int stride = values.stride;
    int at = values.at + first;
    int positions = values.positions;
    IntVector one = IntVector.broadcast(I, ONE);
    IntVector mantissa = IntVector.broadcast(I, MANTISSA);
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    float sum = 0;
    for (int p = 0; p < positions; p++) {
      float factor = weights[p] * scales[scalesAt + p];
      sum += factor;
      FloatVector x = FloatVector.broadcast(F, factor);
      IntVector w = IntVector.fromArray(I, v, at + p * stride);
      IntVector u = IntVector.fromArray(I, v, at + p * stride + LANES);
      IntVector low = w.lanewise(VectorOperators.LSHL, 7);
      IntVector high = w.lanewise(VectorOperators.LSHR, 9);
      a = x.fma(low.and(mantissa).or(one).reinterpretAsFloats(), a);
      b = x.fma(high.and(mantissa).or(one).reinterpretAsFloats(), b);
      low = u.lanewise(VectorOperators.LSHL, 7);
      high = u.lanewise(VectorOperators.LSHR, 9);
      c = x.fma(low.and(mantissa).or(one).reinterpretAsFloats(), c);
      d = x.fma(high.and(mantissa).or(one).reinterpretAsFloats(), d);
    }
    FloatVector offset = FloatVector.broadcast(F, OFFSET * sum);
    a.sub(offset).intoArray(y, yAt);
    b.sub(offset).intoArray(y, yAt + LANES);
    c.sub(offset).intoArray(y, yAt + 2 * LANES);
    d.sub(offset).intoArray(y, yAt + 3 * LANES);
  }

  private static void one(float[] weights, CacheRows values, int first, float[] y, int yAt) {
    int[] v = values.values;
    float[] scales = values.scales;
    int scalesAt = values.scalesAt;
    int stride = values.stride;
    int at = values.at + first;
    int positions = values.positions;
    IntVector one = IntVector.broadcast(I, ONE);
    IntVector mantissa = IntVector.broadcast(I, MANTISSA);
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    float sum = 0;
    for (int p = 0; p < positions; p++) {
      float factor = weights[p] * scales[scalesAt + p];
      sum += factor;
      FloatVector x = FloatVector.broadcast(F, factor);
      IntVector w = IntVector.fromArray(I, v, at + p * stride);
      IntVector low = w.lanewise(VectorOperators.LSHL, 7);
      IntVector high = w.lanewise(VectorOperators.LSHR, 9);
      a = x.fma(low.and(mantissa).or(one).reinterpretAsFloats(), a);
      b = x.fma(high.and(mantissa).or(one).reinterpretAsFloats(), b);
    }
    FloatVector offset = FloatVector.broadcast(F, OFFSET * sum);
    a.sub(offset).intoArray(y, yAt);
    b.sub(offset).intoArray(y, yAt + LANES);
  }
}

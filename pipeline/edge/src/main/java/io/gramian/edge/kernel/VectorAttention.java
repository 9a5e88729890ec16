package io.gramian.edge.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scores of one query against cached keys, and the mix of cached values. Heads are small (64
 * channels, fewer in a narrowed model), so what does not fill a vector is taken in narrower ones
 * before single numbers.
 */
final class VectorAttention {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> Q = FloatVector.SPECIES_128;
  private static final int L = F.length();
  private static final int QUARTER = Q.length();

  private VectorAttention() {}

  static void addScores(float[] q, int qAt, CacheRows keys, float[] scores) {
    for (int p = 0; p < keys.positions; p++) {
      scores[p] += dot(q, qAt, keys.values, keys.at + p * keys.stride, keys.channels);
    }
  }

  private static float dot(float[] a, int aAt, float[] b, int bAt, int n) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + L <= n; i += L) {
      sum = FloatVector.fromArray(F, a, aAt + i).fma(FloatVector.fromArray(F, b, bAt + i), sum);
    }
    float total = i == 0 ? 0 : sum.reduceLanes(VectorOperators.ADD);
    if (i < n) {
      total += rest(a, aAt + i, b, bAt + i, n - i);
    }
    return total;
  }

  private static float rest(float[] a, int aAt, float[] b, int bAt, int n) {
    FloatVector sum = FloatVector.zero(Q);
    int i = 0;
    for (; i + QUARTER <= n; i += QUARTER) {
      sum = FloatVector.fromArray(Q, a, aAt + i).fma(FloatVector.fromArray(Q, b, bAt + i), sum);
    }
    float total = sum.reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) {
      total += a[aAt + i] * b[bAt + i];
    }
    return total;
  }

  static void mix(float[] weights, CacheRows values, float[] y, int yAt) {
    int channel = 0;
    for (; channel + 2 * L <= values.channels; channel += 2 * L) {
      two(weights, values, channel, y, yAt + channel);
    }
    for (; channel + QUARTER <= values.channels; channel += QUARTER) {
      quarter(weights, values, channel, y, yAt + channel);
    }
    for (; channel < values.channels; channel++) {
      float sum = 0;
      for (int p = 0; p < values.positions; p++) {
        sum += weights[p] * values.values[values.at + p * values.stride + channel];
      }
      y[yAt + channel] = sum;
    }
  }

  private static void two(float[] weights, CacheRows values, int channel, float[] y, int yAt) {
    float[] v = values.values;
    int stride = values.stride;
    int at = values.at + channel;
    int positions = values.positions;
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    for (int p = 0; p < positions; p++) {
      FloatVector weight = FloatVector.broadcast(F, weights[p]);
      a = FloatVector.fromArray(F, v, at + p * stride).fma(weight, a);
      b = FloatVector.fromArray(F, v, at + p * stride + L).fma(weight, b);
    }
    a.intoArray(y, yAt);
    b.intoArray(y, yAt + L);
  }

  private static void quarter(float[] weights, CacheRows values, int channel, float[] y, int yAt) {
    float[] v = values.values;
    int stride = values.stride;
    int at = values.at + channel;
    int positions = values.positions;
    FloatVector a = FloatVector.zero(Q);
    for (int p = 0; p < positions; p++) {
      FloatVector weight = FloatVector.broadcast(Q, weights[p]);
      a = FloatVector.fromArray(Q, v, at + p * stride).fma(weight, a);
    }
    a.intoArray(y, yAt);
  }
}

package io.gramian.edge.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scores of one query against cached keys, and the mix of cached values. What does not fill a
 * vector is taken number by number: vectors of a second width, anywhere in the process, would keep
 * the compiler from knowing what kind it has in its hands, and everything would be ten times
 * slower.
 */
final class VectorAttention {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

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
    for (; channel + L <= values.channels; channel += L) {
      one(weights, values, channel, y, yAt + channel);
    }
    if (channel < values.channels) {
      rest(weights, values, channel, y, yAt);
    }
  }

  /** Position by position, so that memory is read in order. */
  private static void rest(float[] weights, CacheRows values, int channel, float[] y, int yAt) {
    int channels = values.channels;
    Arrays.fill(y, yAt + channel, yAt + channels, 0);
    for (int p = 0; p < values.positions; p++) {
      int row = values.at + p * values.stride;
      for (int c = channel; c < channels; c++) {
        y[yAt + c] += weights[p] * values.values[row + c];
      }
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

  private static void one(float[] weights, CacheRows values, int channel, float[] y, int yAt) {
    float[] v = values.values;
    int stride = values.stride;
    int at = values.at + channel;
    int positions = values.positions;
    FloatVector a = FloatVector.zero(F);
    for (int p = 0; p < positions; p++) {
      FloatVector weight = FloatVector.broadcast(F, weights[p]);
      a = FloatVector.fromArray(F, v, at + p * stride).fma(weight, a);
    }
    a.intoArray(y, yAt);
  }
}

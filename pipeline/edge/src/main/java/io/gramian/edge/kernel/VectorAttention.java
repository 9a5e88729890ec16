package io.gramian.edge.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scores of one query against cached keys, and the mix of cached values. What does not fill a
 * vector is taken with its neighbours, once more: vectors of a second width, anywhere in the
 * process, would keep the compiler from knowing what kind it has in its hands, and everything would
 * be ten times slower.
 */
final class VectorAttention {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  private static final int POSITIONS = CacheColumns.POSITIONS;

  private VectorAttention() {}

  static void addScores(float[] q, int qAt, CacheColumns keys, float[] scores) {
    for (int p = 0; p < keys.positions; p += L) {
      int at = keys.at + p / POSITIONS * keys.stride + p % POSITIONS;
      scores(q, qAt, keys.channels, keys.values, at, scores, p);
    }
  }

  /** Of {@code L} positions. Four sums: one would have to wait for itself. */
  private static void scores(
      float[] q, int qAt, int channels, float[] keys, int at, float[] scores, int to) {
    FloatVector a = FloatVector.fromArray(F, scores, to);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    int channel = 0;
    for (; channel + 4 <= channels; channel += 4) {
      int k = at + channel * POSITIONS;
      int x = qAt + channel;
      a = FloatVector.fromArray(F, keys, k).fma(FloatVector.broadcast(F, q[x]), a);
      b = FloatVector.fromArray(F, keys, k + POSITIONS).fma(FloatVector.broadcast(F, q[x + 1]), b);
      c =
          FloatVector.fromArray(F, keys, k + 2 * POSITIONS)
              .fma(FloatVector.broadcast(F, q[x + 2]), c);
      d =
          FloatVector.fromArray(F, keys, k + 3 * POSITIONS)
              .fma(FloatVector.broadcast(F, q[x + 3]), d);
    }
    for (; channel < channels; channel++) {
      FloatVector x = FloatVector.broadcast(F, q[qAt + channel]);
      a = FloatVector.fromArray(F, keys, at + channel * POSITIONS).fma(x, a);
    }
    a.add(b).add(c.add(d)).intoArray(scores, to);
  }

  static void mix(float[] weights, CacheRows values, float[] y, int yAt) {
    int channel = 0;
    for (; channel + 4 * L <= values.channels; channel += 4 * L) {
      four(weights, values, channel, y, yAt + channel);
    }
    for (; channel + 2 * L <= values.channels; channel += 2 * L) {
      two(weights, values, channel, y, yAt + channel);
    }
    for (; channel + L <= values.channels; channel += L) {
      one(weights, values, channel, y, yAt + channel);
    }
    if (channel < values.channels && values.channels > L) {
      // Some of them once more, to the same sums.
      channel = values.channels - L;
      one(weights, values, channel, y, yAt + channel);
    } else if (channel < values.channels) {
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

  private static void four(float[] weights, CacheRows values, int channel, float[] y, int yAt) {
    float[] v = values.values;
    int stride = values.stride;
    int at = values.at + channel;
    int positions = values.positions;
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    for (int p = 0; p < positions; p++) {
      FloatVector weight = FloatVector.broadcast(F, weights[p]);
      int from = at + p * stride;
      a = FloatVector.fromArray(F, v, from).fma(weight, a);
      b = FloatVector.fromArray(F, v, from + L).fma(weight, b);
      c = FloatVector.fromArray(F, v, from + 2 * L).fma(weight, c);
      d = FloatVector.fromArray(F, v, from + 3 * L).fma(weight, d);
    }
    a.intoArray(y, yAt);
    b.intoArray(y, yAt + L);
    c.intoArray(y, yAt + 2 * L);
    d.intoArray(y, yAt + 3 * L);
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

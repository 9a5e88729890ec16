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

  /**
   * In one pass over the positions for up to four vectors of channels. The last of them reaches
   * back where they do not fill it: some channels are taken once more, to the same sums.
   */
  static void mix(float[] weights, CacheRows values, float[] y, int yAt) {
    if (values.channels < L) {
      rest(weights, values, y, yAt);
      return;
    }
    int channel = 0;
    for (; channel + 4 * L <= values.channels; channel += 4 * L) {
      four(weights, values, channel, channel + 3 * L, y, yAt);
    }
    int left = values.channels - channel;
    int last = values.channels - L;
    if (left > 3 * L) {
      four(weights, values, channel, last, y, yAt);
    } else if (left > 2 * L) {
      three(weights, values, channel, last, y, yAt);
    } else if (left > L) {
      two(weights, values, channel, last, y, yAt);
    } else if (left > 0) {
      one(weights, values, last, y, yAt);
    }
  }

  /** Position by position, so that memory is read in order. */
  private static void rest(float[] weights, CacheRows values, float[] y, int yAt) {
    int channels = values.channels;
    Arrays.fill(y, yAt, yAt + channels, 0);
    for (int p = 0; p < values.positions; p++) {
      int row = values.at + p * values.stride;
      for (int c = 0; c < channels; c++) {
        y[yAt + c] += weights[p] * values.values[row + c];
      }
    }
  }

  private static void four(
      float[] weights, CacheRows values, int channel, int last, float[] y, int yAt) {
    float[] v = values.values;
    int stride = values.stride;
    int at = values.at;
    int positions = values.positions;
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    for (int p = 0; p < positions; p++) {
      FloatVector weight = FloatVector.broadcast(F, weights[p]);
      int row = at + p * stride;
      a = FloatVector.fromArray(F, v, row + channel).fma(weight, a);
      b = FloatVector.fromArray(F, v, row + channel + L).fma(weight, b);
      c = FloatVector.fromArray(F, v, row + channel + 2 * L).fma(weight, c);
      d = FloatVector.fromArray(F, v, row + last).fma(weight, d);
    }
    a.intoArray(y, yAt + channel);
    b.intoArray(y, yAt + channel + L);
    c.intoArray(y, yAt + channel + 2 * L);
    d.intoArray(y, yAt + last);
  }

  private static void three(
      float[] weights, CacheRows values, int channel, int last, float[] y, int yAt) {
    float[] v = values.values;
    int stride = values.stride;
    int at = values.at;
    int positions = values.positions;
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    for (int p = 0; p < positions; p++) {
      FloatVector weight = FloatVector.broadcast(F, weights[p]);
      int row = at + p * stride;
      a = FloatVector.fromArray(F, v, row + channel).fma(weight, a);
      b = FloatVector.fromArray(F, v, row + channel + L).fma(weight, b);
      c = FloatVector.fromArray(F, v, row + last).fma(weight, c);
    }
    a.intoArray(y, yAt + channel);
    b.intoArray(y, yAt + channel + L);
    c.intoArray(y, yAt + last);
  }

  private static void two(
      float[] weights, CacheRows values, int channel, int last, float[] y, int yAt) {
    float[] v = values.values;
    int stride = values.stride;
    int at = values.at;
    int positions = values.positions;
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    for (int p = 0; p < positions; p++) {
      FloatVector weight = FloatVector.broadcast(F, weights[p]);
      int row = at + p * stride;
      a = FloatVector.fromArray(F, v, row + channel).fma(weight, a);
      b = FloatVector.fromArray(F, v, row + last).fma(weight, b);
    }
    a.intoArray(y, yAt + channel);
    b.intoArray(y, yAt + last);
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
    a.intoArray(y, yAt + channel);
  }
}

package io.gramian.compress.forward;

import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import io.gramian.model.LinearSpec;
import io.gramian.model.Rope;
import java.util.List;
import java.util.Map;

/** Attention over one sequence as plain loops in F64. */
final class PlainAttention {

  private final Attention spec;
  private final Map<String, float[]> weights;

  PlainAttention(Attention spec, Map<String, float[]> weights) {
    this.spec = spec;
    this.weights = weights;
  }

  /** {@code [T][h]} to {@code [T][h]}. */
  double[][] apply(double[][] x) {
    HeadLayout layout = spec.layout();
    double[][] mixed = new double[x.length][layout.querySize()];
    double[][] q = linear(x, spec.query(), weights);
    double[][] k = linear(x, spec.key(), weights);
    double[][] v = linear(x, spec.value(), weights);
    for (int head = 0; head < layout.heads(); head++) {
      int kvHead = head / layout.queriesPerKvHead();
      double[][] queries = rotated(slice(q, head, layout.headSize()), kvHead);
      double[][] keys = rotated(slice(k, kvHead, layout.headSize()), kvHead);
      double[][] values = slice(v, kvHead, layout.headSize());
      for (int t = 0; t < x.length; t++) {
        double[] result = attend(queries[t], keys, values, t);
        System.arraycopy(result, 0, mixed[t], head * layout.headSize(), result.length);
      }
    }
    return linear(mixed, spec.output(), weights);
  }

  /** Causal softmax over positions 0 to {@code t}. */
  private static double[] attend(double[] query, double[][] keys, double[][] values, int t) {
    double[] weights = new double[t + 1];
    double largest = Double.NEGATIVE_INFINITY;
    for (int s = 0; s <= t; s++) {
      for (int i = 0; i < query.length; i++) {
        weights[s] += query[i] * keys[s][i] / Math.sqrt(query.length);
      }
      largest = Math.max(largest, weights[s]);
    }
    double total = 0;
    for (int s = 0; s <= t; s++) {
      weights[s] = Math.exp(weights[s] - largest);
      total += weights[s];
    }
    double[] result = new double[query.length];
    for (int s = 0; s <= t; s++) {
      for (int i = 0; i < result.length; i++) {
        result[i] += weights[s] / total * values[s][i];
      }
    }
    return result;
  }

  private double[][] rotated(double[][] head, int kvHead) {
    return spec.rotary().map(rope -> rotate(head, rope, kvHead)).orElse(head);
  }

  /** Channel {@code i} turns with channel {@code i + r/2}; the rest passes through. */
  static double[][] rotate(double[][] head, Rope rope, int kvHead) {
    double[][] rotated = new double[head.length][];
    List<List<Integer>> orders = rope.pairOrders();
    for (int t = 0; t < head.length; t++) {
      rotated[t] = head[t].clone();
      for (int i = 0; i < rope.pairs(); i++) {
        int pair = orders.isEmpty() ? i : orders.get(kvHead).get(i);
        double angle = t * rope.inverseFrequencies().get(pair);
        double cos = Math.cos(angle) * rope.attentionFactor();
        double sin = Math.sin(angle) * rope.attentionFactor();
        double a = head[t][i];
        double b = head[t][i + rope.pairs()];
        rotated[t][i] = a * cos - b * sin;
        rotated[t][i + rope.pairs()] = b * cos + a * sin;
      }
    }
    return rotated;
  }

  private static double[][] slice(double[][] x, int head, int size) {
    double[][] slice = new double[x.length][size];
    for (int t = 0; t < x.length; t++) {
      System.arraycopy(x[t], head * size, slice[t], 0, size);
    }
    return slice;
  }

  /** {@code x W' + b}. */
  static double[][] linear(double[][] x, LinearSpec map, Map<String, float[]> weights) {
    float[] matrix = weights.get(map.weight());
    float[] bias = map.biasName().map(weights::get).orElseGet(() -> new float[map.out()]);
    double[][] y = new double[x.length][map.out()];
    for (int t = 0; t < x.length; t++) {
      for (int row = 0; row < map.out(); row++) {
        double sum = bias[row];
        for (int i = 0; i < map.in(); i++) {
          sum += matrix[row * map.in() + i] * x[t][i];
        }
        y[t][row] = sum;
      }
    }
    return y;
  }
}

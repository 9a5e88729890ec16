package io.gramian.model;

import java.util.Map;

/**
 * The mixers as plain loops in double precision: the oracle for everything that reorders or cuts
 * their tensors. A matrix is {@code [rows][columns]}, a bias {@code [n][1]}.
 */
final class PlainMixers {

  private PlainMixers() {}

  /**
   * What the attention oracle needs to know, apart from its tensors.
   *
   * @param heads query heads
   * @param headSize channels a head
   * @param frequencies {@code [kvHeads][pairs]}: the first {@code 2 * pairs} channels rotate
   * @param scale of the scores
   */
  @SuppressWarnings("ArrayRecordComponent") // a test's bundle of arguments, never compared
  record AttentionShape(int heads, int headSize, double[][] frequencies, double scale) {}

  /** {@code x [tokens][h]} through the attention of {@code spec}; returns {@code [tokens][h]}. */
  static double[][] attention(
      AttentionShape shape, Attention spec, Map<String, double[][]> tensors, double[][] x) {
    double[][] q = linear(spec.query(), tensors, x);
    double[][] k = linear(spec.key(), tensors, x);
    double[][] v = linear(spec.value(), tensors, x);
    int kvHeads = shape.frequencies().length;
    int queries = shape.heads() / kvHeads;
    int d = shape.headSize();
    int valueSize = v[0].length / kvHeads;
    double[][] mixed = new double[x.length][shape.heads() * valueSize];
    for (int head = 0; head < shape.heads(); head++) {
      int kv = head / queries;
      double[][] rotatedQ = rotate(slice(q, head * d, d), shape.frequencies()[kv]);
      double[][] rotatedK = rotate(slice(k, kv * d, d), shape.frequencies()[kv]);
      double[][] values = slice(v, kv * valueSize, valueSize);
      for (int t = 0; t < x.length; t++) {
        double[] weights = softmax(rotatedQ[t], rotatedK, t, shape.scale());
        for (int s = 0; s <= t; s++) {
          for (int c = 0; c < valueSize; c++) {
            mixed[t][head * valueSize + c] += weights[s] * values[s][c];
          }
        }
      }
    }
    return linear(spec.output(), tensors, mixed);
  }

  /** {@code down(silu(gate(x)) * up(x))}, or {@code down(silu(up(x)))} without a gate. */
  static double[][] mlp(Mlp spec, Map<String, double[][]> tensors, double[][] x) {
    double[][] up = linear(spec.up(), tensors, x);
    double[][] gate = spec.gate() == null ? up : linear(spec.gate(), tensors, x);
    double[][] inner = new double[x.length][up[0].length];
    for (int t = 0; t < x.length; t++) {
      for (int c = 0; c < inner[t].length; c++) {
        double activated = gate[t][c] / (1 + Math.exp(-gate[t][c]));
        inner[t][c] = spec.gate() == null ? activated : activated * up[t][c];
      }
    }
    return linear(spec.down(), tensors, inner);
  }

  private static double[] softmax(double[] query, double[][] keys, int last, double scale) {
    double[] weights = new double[last + 1];
    double sum = 0;
    for (int s = 0; s <= last; s++) {
      double score = 0;
      for (int c = 0; c < query.length; c++) {
        score += query[c] * keys[s][c];
      }
      weights[s] = Math.exp(score * scale);
      sum += weights[s];
    }
    for (int s = 0; s <= last; s++) {
      weights[s] /= sum;
    }
    return weights;
  }

  private static double[][] rotate(double[][] head, double[] frequencies) {
    int half = frequencies.length;
    for (int t = 0; t < head.length; t++) {
      for (int i = 0; i < half; i++) {
        double cos = Math.cos(t * frequencies[i]);
        double sin = Math.sin(t * frequencies[i]);
        double a = head[t][i];
        double b = head[t][i + half];
        head[t][i] = a * cos - b * sin;
        head[t][i + half] = b * cos + a * sin;
      }
    }
    return head;
  }

  private static double[][] slice(double[][] x, int first, int size) {
    double[][] slice = new double[x.length][size];
    for (int t = 0; t < x.length; t++) {
      System.arraycopy(x[t], first, slice[t], 0, size);
    }
    return slice;
  }

  private static double[][] linear(LinearSpec map, Map<String, double[][]> tensors, double[][] x) {
    double[][] weight = tensors.get(map.weight());
    double[][] y = new double[x.length][weight.length];
    for (int t = 0; t < x.length; t++) {
      for (int row = 0; row < weight.length; row++) {
        y[t][row] = map.bias() == null ? 0 : tensors.get(map.bias())[row][0];
        for (int column = 0; column < weight[row].length; column++) {
          y[t][row] += weight[row][column] * x[t][column];
        }
      }
    }
    return y;
  }
}

package io.gramian.edge.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of four unpacked rows with the arranged inputs of many tokens, four by four: eight
 * loads for sixteen multiplications.
 */
final class VectorTile {

  /** Rows that are unpacked at a time. */
  static final int ROWS = 4;

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  private VectorTile() {}

  /**
   * {@code y_tr = w_r . x_t} of {@link #ROWS} rows {@code w [4, length]} for {@code tokens} tokens.
   */
  static void multiply(float[] rows, Arranged input, Product product, int output, int tokens) {
    int length = input.layout().length();
    int token = 0;
    for (; token + 4 <= tokens; token += 4) {
      sixteen(rows, input, product, output, token);
    }
    for (; token < tokens; token++) {
      for (int row = 0; row < ROWS; row++) {
        product.output()[token * product.stride() + output + row] =
            dot(rows, row * length, input.values(), input.at(token), length);
      }
    }
  }

  private static void sixteen(
      float[] rows, Arranged input, Product product, int output, int token) {
    int length = input.layout().length();
    float[] x = input.values();
    int at = input.at(token);
    // Rows in pairs: eight sums and what they are made of stay in the registers of any processor.
    for (int row = 0; row < ROWS; row += 2) {
      eight(rows, row * length, length, x, at, product, token * product.stride() + output + row);
    }
  }

  private static void eight(
      float[] w, int wAt, int n, float[] x, int xAt, Product product, int yAt) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    FloatVector a2 = FloatVector.zero(F);
    FloatVector a3 = FloatVector.zero(F);
    FloatVector b0 = FloatVector.zero(F);
    FloatVector b1 = FloatVector.zero(F);
    FloatVector b2 = FloatVector.zero(F);
    FloatVector b3 = FloatVector.zero(F);
    int i = 0;
    for (; i + L <= n; i += L) {
      FloatVector a = FloatVector.fromArray(F, w, wAt + i);
      FloatVector b = FloatVector.fromArray(F, w, wAt + n + i);
      FloatVector x0 = FloatVector.fromArray(F, x, xAt + i);
      a0 = a.fma(x0, a0);
      b0 = b.fma(x0, b0);
      FloatVector x1 = FloatVector.fromArray(F, x, xAt + n + i);
      a1 = a.fma(x1, a1);
      b1 = b.fma(x1, b1);
      FloatVector x2 = FloatVector.fromArray(F, x, xAt + 2 * n + i);
      a2 = a.fma(x2, a2);
      b2 = b.fma(x2, b2);
      FloatVector x3 = FloatVector.fromArray(F, x, xAt + 3 * n + i);
      a3 = a.fma(x3, a3);
      b3 = b.fma(x3, b3);
    }
    float[] y = product.output();
    int stride = product.stride();
    y[yAt] = a0.reduceLanes(VectorOperators.ADD) + rest(w, wAt, x, xAt, i, n);
    y[yAt + 1] = b0.reduceLanes(VectorOperators.ADD) + rest(w, wAt + n, x, xAt, i, n);
    int xt = xAt + n;
    int yt = yAt + stride;
    y[yt] = a1.reduceLanes(VectorOperators.ADD) + rest(w, wAt, x, xt, i, n);
    y[yt + 1] = b1.reduceLanes(VectorOperators.ADD) + rest(w, wAt + n, x, xt, i, n);
    xt += n;
    yt += stride;
    y[yt] = a2.reduceLanes(VectorOperators.ADD) + rest(w, wAt, x, xt, i, n);
    y[yt + 1] = b2.reduceLanes(VectorOperators.ADD) + rest(w, wAt + n, x, xt, i, n);
    xt += n;
    yt += stride;
    y[yt] = a3.reduceLanes(VectorOperators.ADD) + rest(w, wAt, x, xt, i, n);
    y[yt + 1] = b3.reduceLanes(VectorOperators.ADD) + rest(w, wAt + n, x, xt, i, n);
  }

  private static float rest(float[] w, int wAt, float[] x, int xAt, int from, int n) {
    float sum = 0;
    for (int i = from; i < n; i++) {
      sum += w[wAt + i] * x[xAt + i];
    }
    return sum;
  }

  /** {@code sum_i a[aAt + i] b[bAt + i]}. */
  static float dot(float[] a, int aAt, float[] b, int bAt, int n) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + L <= n; i += L) {
      sum = FloatVector.fromArray(F, a, aAt + i).fma(FloatVector.fromArray(F, b, bAt + i), sum);
    }
    return sum.reduceLanes(VectorOperators.ADD) + rest(a, aAt, b, bAt, i, n);
  }
}

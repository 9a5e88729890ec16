package io.gramian.compress.forward;

import io.gramian.model.ScanLayout;
import java.util.Random;

/**
 * The recurrence as its definition says, token by token in double: {@code h = exp(dt a) h + dt x
 * B'}, {@code y = h C}. One sequence.
 */
public final class PlainScan {

  final ScanLayout layout;
  final int tokens;
  final double[] x;
  final double[] b;
  final double[] c;
  final double[] dt;
  final double[] a;

  PlainScan(ScanLayout layout, int tokens, long seed) {
    Random random = new Random(seed);
    this.layout = layout;
    this.tokens = tokens;
    x = gaussian(random, tokens * layout.innerSize());
    b = gaussian(random, tokens * layout.stateWidth());
    c = gaussian(random, tokens * layout.stateWidth());
    dt = new double[tokens * layout.heads()];
    for (int i = 0; i < dt.length; i++) {
      dt[i] = 0.001 + 0.3 * random.nextDouble();
    }
    a = new double[layout.heads()];
    for (int j = 0; j < a.length; j++) {
      a[j] = -1 - 15 * random.nextDouble();
    }
  }

  private static double[] gaussian(Random random, int length) {
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Called with {@code h_t [P][N]} of each head after each token. */
  @FunctionalInterface
  interface StateVisitor {
    void visit(int head, int token, double[][] state);
  }

  /** Outputs {@code [T, H, P]}. */
  double[] run(StateVisitor visitor) {
    int heads = layout.heads();
    int size = layout.headSize();
    int states = layout.stateSize();
    double[] y = new double[tokens * heads * size];
    for (int j = 0; j < heads; j++) {
      int group = j / layout.headsPerGroup();
      double[][] h = new double[size][states];
      for (int t = 0; t < tokens; t++) {
        double step = dt[t * heads + j];
        double decay = Math.exp(step * a[j]);
        for (int p = 0; p < size; p++) {
          double sum = 0;
          for (int n = 0; n < states; n++) {
            int at = (t * layout.groups() + group) * states + n;
            h[p][n] = decay * h[p][n] + step * x[(t * heads + j) * size + p] * b[at];
            sum += h[p][n] * c[at];
          }
          y[(t * heads + j) * size + p] = sum;
        }
        visitor.visit(j, t, h);
      }
    }
    return y;
  }
}

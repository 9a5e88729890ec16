package io.gramian.edge.kernel;

import io.gramian.checkpoint.DType;
import io.gramian.model.Activation;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the JDK's Vector API, in vectors as wide as the processor's. One token is multiplied
 * straight from the stored rows; for several, four rows at a time are unpacked into scratch, which
 * stays in the cache while all tokens pass.
 */
public final class VectorKernels implements Kernels {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  @Override
  public String description() {
    return String.format(Locale.ROOT, "vectors of %d bits", F.vectorBitSize());
  }

  @Override
  public InputLayout layout(WeightRows weights, ColumnPlan plan) {
    if (weights instanceof PlainRows plain) {
      return new PlainLayout(plan.inputs(), L, plain.dtype() == DType.BF16);
    }
    return new FourBitLayout(plan);
  }

  @Override
  public int scratch(InputLayout layout) {
    return VectorTile.ROWS * layout.length();
  }

  @Override
  public void multiply(Product product, RowSpan span, int tokens, float[] scratch) {
    if (tokens > 1) {
      many(product, span, tokens, scratch);
    } else if (product.weights() instanceof FourBitRows) {
      VectorFourBit.multiply(product, span);
    } else {
      VectorPlain.multiply(product, span, 0);
    }
  }

  private static void many(Product product, RowSpan span, int tokens, float[] scratch) {
    int length = product.input().layout().length();
    int row = span.from();
    for (; row + VectorTile.ROWS <= span.to(); row += VectorTile.ROWS) {
      for (int i = 0; i < VectorTile.ROWS; i++) {
        unpack(product, row + i, scratch, i * length);
      }
      VectorTile.multiply(scratch, length, product, span.output() + row - span.from(), tokens);
    }
    for (; row < span.to(); row++) {
      unpack(product, row, scratch, 0);
      for (int token = 0; token < tokens; token++) {
        product.output()[token * product.stride() + span.output() + row - span.from()] =
            VectorTile.dot(scratch, 0, product.input().values(), product.input().at(token), length);
      }
    }
  }

  private static void unpack(Product product, int row, float[] to, int at) {
    if (product.weights() instanceof FourBitRows rows) {
      VectorFourBit.unpack(rows, (FourBitLayout) product.input().layout(), row, to, at);
    } else {
      PlainLayout layout = (PlainLayout) product.input().layout();
      VectorPlain.unpack((PlainRows) product.weights(), layout, row, to, at);
    }
  }

  @Override
  public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
    return VectorTile.dot(a, aAt, b, bAt, n);
  }

  @Override
  public void addScores(float[] q, int qAt, CacheRows keys, float[] scores) {
    VectorAttention.addScores(q, qAt, keys, scores);
  }

  @Override
  public void mix(float[] weights, CacheRows values, float[] y, int yAt) {
    VectorAttention.mix(weights, values, y, yAt);
  }

  @Override
  public void addScaled(float[] y, int yAt, float factor, float[] x, int xAt, int n) {
    FloatVector scale = FloatVector.broadcast(F, factor);
    int i = 0;
    for (; i + L <= n; i += L) {
      FloatVector.fromArray(F, x, xAt + i)
          .fma(scale, FloatVector.fromArray(F, y, yAt + i))
          .intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] += factor * x[xAt + i];
    }
  }

  @Override
  public void softmax(float[] x, int at, int n) {
    float max = max(x, at, n);
    int whole = n / L * L;
    float sum = powers(x, at, at + whole, max);
    for (int i = at + whole; i < at + n; i++) {
      x[i] = (float) Math.exp(x[i] - max);
      sum += x[i];
    }
    scale(x, at, n, 1 / sum);
  }

  /** A loop by itself: within a larger method the compiler does not always keep the vectors. */
  private static float powers(float[] x, int from, int to, float max) {
    FloatVector sums = FloatVector.zero(F);
    for (int i = from; i < to; i += L) {
      FloatVector power = VectorExp.of(FloatVector.fromArray(F, x, i).sub(max));
      power.intoArray(x, i);
      sums = sums.add(power);
    }
    return sums.reduceLanes(VectorOperators.ADD);
  }

  private static float max(float[] x, int at, int n) {
    FloatVector most = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i + L <= n; i += L) {
      most = most.max(FloatVector.fromArray(F, x, at + i));
    }
    float max = most.reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

  private static void scale(float[] x, int at, int n, float factor) {
    int i = 0;
    for (; i + L <= n; i += L) {
      FloatVector.fromArray(F, x, at + i).mul(factor).intoArray(x, at + i);
    }
    for (; i < n; i++) {
      x[at + i] *= factor;
    }
  }

  @Override
  public void activate(Activation f, float[] x, int at, int n) {
    int whole = f == Activation.SILU ? n / L * L : 0;
    silu(x, at, at + whole);
    for (int i = at + whole; i < at + n; i++) {
      x[i] = ScalarActivations.apply(f, x[i]);
    }
  }

  private static void silu(float[] x, int from, int to) {
    for (int i = from; i < to; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, i);
      v.div(VectorExp.of(v.neg()).add(1f)).intoArray(x, i);
    }
  }

  @Override
  public void times(float[] y, int yAt, float[] x, int xAt, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      FloatVector.fromArray(F, y, yAt + i)
          .mul(FloatVector.fromArray(F, x, xAt + i))
          .intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] *= x[xAt + i];
    }
  }

  @Override
  public void scan(ScanHead head) {
    for (int p = 0; p < head.channels; p++) {
      float entering = head.step * head.convolved[head.xAt + p];
      head.output[head.outputAt + p] = scan(head, head.stateAt + p * head.rowStride, entering);
    }
  }

  private static float scan(ScanHead head, int row, float entering) {
    FloatVector decay = FloatVector.broadcast(F, head.decay);
    FloatVector input = FloatVector.broadcast(F, entering);
    FloatVector sum = FloatVector.zero(F);
    int n = 0;
    for (; n + L <= head.states; n += L) {
      FloatVector h =
          FloatVector.fromArray(F, head.state, row + n)
              .mul(decay)
              .add(FloatVector.fromArray(F, head.convolved, head.bAt + n).mul(input));
      h.intoArray(head.state, row + n);
      sum = h.fma(FloatVector.fromArray(F, head.convolved, head.cAt + n), sum);
    }
    float rest = 0;
    for (; n < head.states; n++) {
      float h = head.decay * head.state[row + n] + entering * head.convolved[head.bAt + n];
      head.state[row + n] = h;
      rest += h * head.convolved[head.cAt + n];
    }
    return sum.reduceLanes(VectorOperators.ADD) + rest;
  }
}

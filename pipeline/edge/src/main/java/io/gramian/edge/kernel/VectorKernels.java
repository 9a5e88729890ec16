package io.gramian.edge.kernel;

import io.gramian.checkpoint.DType;
import io.gramian.model.Activation;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the JDK's Vector API, in vectors as wide as the processor's. One token is multiplied
 * straight from the stored rows; for several, a few rows at a time are unpacked into scratch, which
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
    return new PanelLayout(((FourBitPanels) weights).shape(), plan);
  }

  @Override
  public int scratch(InputLayout layout) {
    return layout instanceof PanelLayout panels
        ? Math.max(VectorPanels.scratch(panels), VectorPanelTile.scratch(panels))
        : VectorTile.ROWS * layout.length();
  }

  @Override
  public void multiply(
      Product product, Arranged input, RowSpan[] spans, int tokens, float[] scratch) {
    if (product.weights() instanceof FourBitPanels) {
      if (tokens > 1) {
        VectorPanelTile.multiply(product, input, spans, tokens, scratch);
      } else {
        VectorPanels.multiply(product, input, spans, scratch);
      }
      return;
    }
    for (RowSpan span : spans) {
      if (tokens > 1) {
        many(product, input, span, tokens, scratch);
      } else {
        VectorPlain.multiply(product, input, span);
      }
    }
  }

  private static void many(
      Product product, Arranged input, RowSpan span, int tokens, float[] scratch) {
    PlainLayout layout = (PlainLayout) input.layout();
    PlainRows weights = (PlainRows) product.weights();
    int length = layout.length();
    int row = span.from();
    for (; row + VectorTile.ROWS <= span.to(); row += VectorTile.ROWS) {
      for (int i = 0; i < VectorTile.ROWS; i++) {
        VectorPlain.unpack(weights, layout, row + i, scratch, i * length);
      }
      VectorTile.multiply(scratch, input, product, span.output() + row - span.from(), tokens);
    }
    for (; row < span.to(); row++) {
      VectorPlain.unpack(weights, layout, row, scratch, 0);
      for (int token = 0; token < tokens; token++) {
        product.output()[token * product.stride() + span.output() + row - span.from()] =
            VectorTile.dot(scratch, 0, input.values(), input.at(token), length);
      }
    }
  }

  @Override
  public boolean sharesColumns(WeightRows weights) {
    return weights instanceof FourBitPanels panels && panels.shape().chunks().size() > 1;
  }

  @Override
  public ColumnShare columns(InputLayout layout, Share share) {
    return ColumnShare.of((PanelLayout) layout, share);
  }

  @Override
  public void multiplyColumns(
      WeightRows weights, Arranged input, ColumnShare share, float[] partial) {
    VectorPanels.multiplyColumns((FourBitPanels) weights, input, share, partial);
  }

  @Override
  public void fetch(WeightRows weights, RowSpan[] spans, float[] scratch) {
    if (weights instanceof FourBitPanels panels && spans.length > 0) {
      scratch[0] = panels.fetch(0, spans[0].from() / FourBitPanels.ROWS);
    }
  }

  @Override
  public void fetchColumns(WeightRows weights, ColumnShare share, float[] scratch) {
    int chunk = share.firstChunk();
    scratch[0] = ((FourBitPanels) weights).fetch(chunk, share.firstPanel(chunk));
  }

  @Override
  public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
    return VectorTile.dot(a, aAt, b, bAt, n);
  }

  @Override
  public void addScores(float[] q, int qAt, CacheColumns keys, float[] scores) {
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
    float sum = n < L ? few(x, at, n, max) : VectorExp.powers(x, at, n, max);
    scale(x, at, n, 1 / sum);
  }

  private static float few(float[] x, int at, int n, float max) {
    float sum = 0;
    for (int i = at; i < at + n; i++) {
      x[i] = (float) Math.exp(x[i] - max);
      sum += x[i];
    }
    return sum;
  }

  /** Without vectors: a loop over them is so short here that they were not kept in registers. */
  private static float max(float[] x, int at, int n) {
    float a = Float.NEGATIVE_INFINITY;
    float b = a;
    float c = a;
    float d = a;
    int i = at;
    for (; i + 4 <= at + n; i += 4) {
      a = Math.max(a, x[i]);
      b = Math.max(b, x[i + 1]);
      c = Math.max(c, x[i + 2]);
      d = Math.max(d, x[i + 3]);
    }
    for (; i < at + n; i++) {
      a = Math.max(a, x[i]);
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
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
    VectorExp.silu(x, at, 0, x, at, whole);
    for (int i = at + whole; i < at + n; i++) {
      x[i] = ScalarActivations.apply(f, x[i]);
    }
  }

  @Override
  public void activatePairs(Activation f, float[] pairs, int at, int from, int to, float[] y) {
    int first = from / PAIRED * PAIRED;
    int n = to - first;
    int whole = f == Activation.SILU ? n / L * L : 0;
    int ups = at + 2 * first;
    VectorExp.silu(pairs, ups + PAIRED, PAIRED, y, first, whole);
    for (int i = 0; i < whole; i += L) {
      FloatVector up = FloatVector.fromArray(F, pairs, ups + i + i / PAIRED * PAIRED);
      up.mul(FloatVector.fromArray(F, y, first + i)).intoArray(y, first + i);
    }
    for (int i = whole; i < n; i++) {
      int up = ups + i + i / PAIRED * PAIRED;
      y[first + i] = pairs[up] * ScalarActivations.apply(f, pairs[up + PAIRED]);
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

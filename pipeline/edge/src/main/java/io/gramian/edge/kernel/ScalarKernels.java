package io.gramian.edge.kernel;

import io.gramian.model.Activation;
import java.util.Arrays;

/** Plain loops: the oracle, and the fallback where there is no Vector API. */
public final class ScalarKernels implements Kernels {

  /** Inputs stay as they are. */
  private record Plain(ColumnPlan plan, int inputs) implements InputLayout {

    @Override
    public int length() {
      return inputs;
    }

    @Override
    public void arrange(float[] x, int xAt, float[] arranged, int at) {
      System.arraycopy(x, xAt, arranged, at, inputs);
    }
  }

  @Override
  public String description() {
    return "plain loops";
  }

  @Override
  public InputLayout layout(WeightRows weights, ColumnPlan plan) {
    return new Plain(plan, plan.inputs());
  }

  @Override
  public int scratch(InputLayout layout) {
    return layout.inputs();
  }

  @Override
  public void multiply(
      Product product, Arranged input, RowSpan[] spans, int tokens, float[] scratch) {
    for (RowSpan span : spans) {
      for (int place = span.from(); place < span.to(); place++) {
        int output = span.output() + place - span.from();
        multiply(product, input, place, output, tokens, scratch);
      }
    }
  }

  private void multiply(
      Product product, Arranged input, int place, int output, int tokens, float[] scratch) {
    int row = product.weights().rowAt(place);
    Plain layout = (Plain) input.layout();
    for (int i = 0; i < layout.plan().pieces().size(); i++) {
      ColumnPlan.Piece piece = layout.plan().pieces().get(i);
      product.weights().read(row, piece.column(), piece.count(), scratch, piece.source());
    }
    for (int token = 0; token < tokens; token++) {
      product.output()[token * product.stride() + output] =
          dot(scratch, 0, input.values(), input.at(token), layout.inputs());
    }
  }

  @Override
  public boolean sharesColumns(WeightRows weights) {
    return false;
  }

  @Override
  public ColumnShare columns(InputLayout layout, Share share) {
    throw new UnsupportedOperationException("plain loops share out rows");
  }

  @Override
  public void multiplyColumns(
      WeightRows weights, Arranged input, ColumnShare share, float[] partial) {
    throw new UnsupportedOperationException("plain loops share out rows");
  }

  @Override
  public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[aAt + i] * b[bAt + i];
    }
    return sum;
  }

  @Override
  public void addScores(float[] q, int qAt, CacheColumns keys, float[] scores) {
    int block = CacheColumns.POSITIONS;
    for (int p = 0; p < keys.positions; p++) {
      int at = keys.at + p / block * keys.stride;
      float scale = keys.scales[keys.scalesAt + p];
      for (int c = 0; c < keys.channels; c++) {
        int line = at + c * SixteenBits.LANES;
        scores[p] += q[qAt + c] * SixteenBits.get(keys.values, line, p % block, scale);
      }
    }
  }

  @Override
  public void mix(float[] weights, CacheRows values, float[] y, int yAt) {
    Arrays.fill(y, yAt, yAt + values.channels, 0);
    for (int p = 0; p < values.positions; p++) {
      int row = values.at + p * values.stride;
      float scale = values.scales[values.scalesAt + p];
      for (int c = 0; c < values.channels; c++) {
        int line = row + c / SixteenBits.PER_LINE * SixteenBits.LANES;
        int place = c % SixteenBits.PER_LINE;
        y[yAt + c] += weights[p] * SixteenBits.get(values.values, line, place, scale);
      }
    }
  }

  @Override
  public void addScaled(float[] y, int yAt, float factor, float[] x, int xAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] += factor * x[xAt + i];
    }
  }

  @Override
  public void softmax(float[] x, int at, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, x[i]);
    }
    float sum = 0;
    for (int i = at; i < at + n; i++) {
      x[i] = (float) Math.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = at; i < at + n; i++) {
      x[i] /= sum;
    }
  }

  @Override
  public void activate(Activation f, float[] x, int at, int n) {
    for (int i = at; i < at + n; i++) {
      x[i] = ScalarActivations.apply(f, x[i]);
    }
  }

  @Override
  public void activatePairs(Activation f, float[] pairs, int at, int from, int to, float[] y) {
    for (int c = from; c < to; c++) {
      int up = at + c + c / PAIRED * PAIRED;
      y[c] = pairs[up] * ScalarActivations.apply(f, pairs[up + PAIRED]);
    }
  }

  @Override
  public void times(float[] y, int yAt, float[] x, int xAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] *= x[xAt + i];
    }
  }

  @Override
  public void scan(ScanHead head) {
    for (int p = 0; p < head.channels; p++) {
      int row = head.stateAt + p * head.rowStride;
      float entering = head.step * head.convolved[head.xAt + p];
      float sum = 0;
      for (int n = 0; n < head.states; n++) {
        float h = head.decay * head.state[row + n] + entering * head.convolved[head.bAt + n];
        head.state[row + n] = h;
        sum += h * head.convolved[head.cAt + n];
      }
      head.output[head.outputAt + p] = sum;
    }
  }
}

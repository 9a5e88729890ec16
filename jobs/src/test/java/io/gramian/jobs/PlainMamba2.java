package io.gramian.jobs;

import io.gramian.model.BlockWidths;
import io.gramian.model.Mamba2;
import io.gramian.model.ScanLayout;
import io.gramian.model.packed.PackedBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * A state space mixer in plain loops on states of full size: what a narrow token drops of {@code z,
 * x, B, C} is zero before the convolution and behind it, so nothing enters such a state, and it
 * decays on.
 */
final class PlainMamba2 implements PlainMixer {

  private final Mamba2 spec;
  private final ScanLayout layout;
  private final PackedBlock block;
  private final PlainMap input;
  private final PlainMap output;
  private final double[][][] states;
  private final List<double[]> inputs = new ArrayList<>();

  PlainMamba2(Mamba2 spec, PackedBlock block) {
    this.spec = spec;
    this.layout = spec.layout();
    this.block = block;
    this.input = PlainMap.of(block, spec.input().weight());
    this.output = PlainMap.of(block, spec.output().weight());
    this.states = new double[layout.heads()][layout.headSize()][layout.stateSize()];
  }

  @Override
  public double[] next(double[] x, BlockWidths widths) {
    double[] projected = input.apply(x, widths);
    boolean[] kept = input.kept(widths);
    double[] mixed = new double[layout.convolutionChannels()];
    System.arraycopy(projected, layout.innerSize(), mixed, 0, mixed.length);
    inputs.add(mixed);
    double[] convolved = convolved(kept);
    double[] gated = new double[layout.innerSize()];
    for (int head = 0; head < layout.heads(); head++) {
      scan(head, convolved, projected[layout.inputRows() - layout.heads() + head], gated);
    }
    for (int i = 0; i < gated.length; i++) {
      gated[i] = kept[i] ? gated[i] * PlainFunctions.silu(projected[i]) : 0;
    }
    return output.apply(normed(gated, kept), widths);
  }

  private double[] convolved(boolean[] kept) {
    float[] taps = block.vector(spec.convolution().weight());
    float[] bias =
        spec.convolution().biasName().map(block::vector).orElseGet(() -> new float[taps.length]);
    int kernel = spec.convolution().kernel();
    double[] convolved = new double[layout.convolutionChannels()];
    for (int channel = 0; channel < convolved.length; channel++) {
      if (kept[layout.innerSize() + channel]) {
        double sum = bias[channel];
        for (int back = 0; back < kernel && back < inputs.size(); back++) {
          double[] earlier = inputs.get(inputs.size() - 1 - back);
          sum += taps[channel * kernel + kernel - 1 - back] * earlier[channel];
        }
        convolved[channel] = PlainFunctions.silu(sum);
      }
    }
    return convolved;
  }

  private void scan(int head, double[] convolved, double raw, double[] y) {
    double step = Math.log1p(Math.exp(raw + block.vector(spec.scan().stepBias())[head]));
    step = Math.min(Math.max(step, spec.scan().stepMinimum()), spec.scan().stepMaximum());
    double decay = Math.exp(-step * Math.exp(block.vector(spec.scan().logDecay())[head]));
    double skip = block.vector(spec.scan().skip())[head];
    int b = layout.innerSize() + head / layout.headsPerGroup() * layout.stateSize();
    int c = b + layout.stateWidth();
    for (int p = 0; p < layout.headSize(); p++) {
      int channel = head * layout.headSize() + p;
      double sum = skip * convolved[channel];
      for (int n = 0; n < layout.stateSize(); n++) {
        double entering = step * convolved[channel] * convolved[b + n];
        states[head][p][n] = decay * states[head][p][n] + entering;
        sum += states[head][p][n] * convolved[c + n];
      }
      y[channel] = sum;
    }
  }

  /** The mean is over the channels that are kept. */
  private double[] normed(double[] gated, boolean[] kept) {
    float[] weight = block.vector(spec.gatedNorm().weight());
    int part = gated.length / layout.normGroups();
    double[] normed = new double[gated.length];
    for (int from = 0; from < gated.length; from += part) {
      double squares = 0;
      int count = 0;
      for (int i = from; i < from + part; i++) {
        squares += gated[i] * gated[i];
        count += kept[i] ? 1 : 0;
      }
      for (int i = from; i < from + part; i++) {
        normed[i] = weight[i] * gated[i] / Math.sqrt(squares / count + spec.gatedNorm().epsilon());
      }
    }
    return normed;
  }
}

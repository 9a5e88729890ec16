package io.gramian.compress.forward;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.Mamba2;
import io.gramian.model.ScanLayout;
import io.gramian.model.ScanParameters;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A state space mixer: projection to {@code z, x, B, C, dt}; causal convolution and SiLU over
 * {@code x, B, C}; {@code dt = clamp(softplus(dt + bias))}; the scan with its skip {@code D x};
 * gated norm; projection back. The state is F32.
 */
record Mamba2Forward(
    Mamba2 spec,
    Linear input,
    CausalConvolution convolution,
    Parameters parameters,
    GatedNorm norm,
    Linear output)
    implements MixerForward {

  /**
   * The scan's per-head numbers.
   *
   * @param decay {@code a = -exp(A_log) [H]}
   * @param skip {@code D [H]}
   * @param stepBias {@code [H]}
   */
  private record Parameters(Tensor decay, Tensor skip, Tensor stepBias) {

    static Parameters of(ScanParameters spec, Weights weights) {
      return new Parameters(
          weights.get(spec.logDecay()), weights.get(spec.skip()), weights.get(spec.stepBias()));
    }
  }

  static Mamba2Forward of(Mamba2 spec, Weights weights, Adapters adapters) {
    return new Mamba2Forward(
        spec,
        Linear.of(spec.input(), weights, adapters),
        CausalConvolution.of(spec.convolution(), weights),
        Parameters.of(spec.scan(), weights),
        GatedNorm.of(spec, weights),
        Linear.of(spec.output(), weights, adapters));
  }

  @Override
  public Tensor apply(Tensor normed, SiteRecorder recorder) {
    ScanLayout layout = spec.layout();
    Tensor projected = input.apply(normed);
    Tensor z = projected.narrow(2, 0, layout.innerSize());
    Tensor mixed = projected.narrow(2, layout.innerSize(), layout.convolutionChannels());
    Tensor convolved = torch.silu(convolution.apply(mixed));
    Tensor dt = steps(projected.narrow(2, layout.inputRows() - layout.heads(), layout.heads()));
    Tensor y = Scopes.keep(() -> scan(convolved, dt, recorder));
    Tensor gated = norm.apply(y, z);
    recorder.record(Site.OUT_INPUT, gated);
    return output.apply(gated);
  }

  /** {@code clamp(softplus(dt + bias), minimum, maximum) [B, T, H]}. */
  private Tensor steps(Tensor dt) {
    Tensor positive =
        torch.softplus(dt.add(parameters.stepBias()), new Scalar(1.0), new Scalar(20.0));
    ScalarOptional minimum = new ScalarOptional(new Scalar(spec.scan().stepMinimum()));
    return Double.isInfinite(spec.scan().stepMaximum())
        ? positive.clamp(minimum)
        : positive.clamp(minimum, new ScalarOptional(new Scalar(spec.scan().stepMaximum())));
  }

  private Tensor scan(Tensor convolved, Tensor dt, SiteRecorder recorder) {
    ScanLayout layout = spec.layout();
    Tensor x = part(convolved, 0, layout.heads(), layout.headSize());
    Tensor b = part(convolved, layout.innerSize(), layout.groups(), layout.stateSize());
    Tensor c =
        part(
            convolved,
            layout.innerSize() + layout.stateWidth(),
            layout.groups(),
            layout.stateSize());
    recordStateInputs(b, c, dt, recorder);
    Scan scan = new Scan(layout, x, b, c, dt, parameters.decay().exp().neg());
    Tensor starts = scan.startStates();
    recorder
        .countedTokens()
        .ifPresent(mask -> recordStates(new StateSums(scan, starts, mask), recorder));
    Tensor skipped = x.mul(parameters.skip().unsqueeze(1));
    return scan.outputs(starts).add(skipped).flatten(2, 3);
  }

  private void recordStates(StateSums sums, SiteRecorder recorder) {
    try (PointerScope scope = new PointerScope()) {
      recorder.recordSums(Site.STATE, sums.grams());
      recorder.recordSums(Site.STATE_OUTPUT, sums.outputs(outputNorms()));
    }
  }

  /** Lengths of the output projection's columns, {@code [H, P]}. */
  private Tensor outputNorms() {
    return output
        .weight()
        .square()
        .sum(0L)
        .sqrt()
        .view(spec.layout().heads(), spec.layout().headSize());
  }

  private static Tensor part(Tensor convolved, long from, long heads, long size) {
    return convolved
        .narrow(2, from, heads * size)
        .reshape(convolved.size(0), convolved.size(1), heads, size);
  }

  /** {@code dt_j B_g} of every head and {@code C_g} of every group, heads before positions. */
  private void recordStateInputs(Tensor b, Tensor c, Tensor dt, SiteRecorder recorder) {
    if (recorder == SiteRecorder.NONE) {
      return;
    }
    Scopes.compute(
        () -> {
          long perGroup = spec.layout().headsPerGroup();
          Tensor perHead = b.repeat_interleave(perGroup, optional(2), optional());
          recorder.record(Site.STATE_KEY, perHead.mul(dt.unsqueeze(-1)).transpose(1, 2));
          recorder.record(Site.STATE_QUERY, c.transpose(1, 2));
          return null;
        });
  }

  private static LongOptional optional(long value) {
    return new LongOptional(value);
  }

  private static LongOptional optional() {
    return new LongOptional();
  }
}

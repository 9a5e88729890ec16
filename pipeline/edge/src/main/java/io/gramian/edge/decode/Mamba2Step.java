package io.gramian.edge.decode;

import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.kernel.ScanHead;
import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;
import io.gramian.model.Activation;
import io.gramian.model.Mamba2;
import io.gramian.model.ScanLayout;
import io.gramian.model.ScanParameters;
import java.util.Arrays;

/**
 * A state space mixer, one token after the other: projection to {@code z, x, B, C, dt};
 * convolution; the recurrence, each head a worker's own; gated norm; projection back. A head's
 * states stay in the cache while the tokens of a batch pass.
 */
final class Mamba2Step implements Step {

  /** Above it, {@code softplus(x) = x} in F32. */
  private static final double LINEAR = 20;

  private final Kernels kernels;
  private final ScanLayout layout;
  private final ScanParameters limits;
  private final Mamba2State state;
  private final Input normed;
  private final BoundMap projection;
  private final CausalConvolution convolution;
  private final CausalConvolution.Source convolved;
  private final float[] channels;
  private final double[] decay;
  private final float[] skip;
  private final float[] stepBias;
  private final float[] y;
  private final ResidualOutput output;
  private final ScanHead[] heads;

  Mamba2Step(Binding binding, Mamba2 narrow, Mamba2State state) {
    Mamba2 stored = (Mamba2) binding.stored().block().mixer();
    Workspace workspace = binding.workspace();
    this.kernels = workspace.kernels();
    this.layout = narrow.layout();
    this.limits = stored.scan();
    this.state = state;
    this.normed = binding.normedStream(stored.input());
    this.projection = binding.map(stored.input(), normed, Workspace.Slot.FIRST);
    this.convolution = new CausalConvolution(binding, stored.convolution(), state.convolution());
    this.convolved =
        new CausalConvolution.Source(projection.output(), projection.outputs(), layout.innerSize());
    this.channels = workspace.slot(Workspace.Slot.SECOND, convolution.channels());
    StoredBlock block = binding.stored();
    float[] logs = block.vector(limits.logDecay()).all();
    this.decay = new double[logs.length];
    Arrays.setAll(decay, head -> -Math.exp(logs[head]));
    this.skip = block.vector(limits.skip()).all();
    this.stepBias = block.vector(limits.stepBias()).all();
    this.y = workspace.slot(Workspace.Slot.THIRD, layout.innerSize());
    float[] weight = block.vector(stored.gatedNorm().weight()).at(binding.widths());
    Norm norm = new Norm(kernels, weight, stored.gatedNorm().epsilon(), layout.normGroups());
    this.output = binding.residual(stored.output(), binding.input(stored.output(), y, norm));
    this.heads = new ScanHead[workspace.workers()];
    Arrays.setAll(heads, i -> new ScanHead());
  }

  @Override
  public void enter() {
    state.scan().use(layout.headSize(), layout.stateSize());
  }

  @Override
  public void fetch(Worker worker) {
    projection.fetch(worker);
  }

  @Override
  public void run(Worker worker, Batch batch, Upcoming next) {
    int tokens = batch.tokens();
    normed.arrange(worker, tokens);
    projection.multiply(worker, tokens);
    worker.meet();
    convolution.apply(worker, batch, convolved, channels);
    worker.meet();
    int from = worker.share().from(layout.heads());
    int to = worker.share().to(layout.heads());
    for (int head = from; head < to; head++) {
      scan(head, tokens, heads[worker.index()]);
    }
    worker.meet(output);
    if (worker.index() == 0) {
      state.scan().passed(tokens);
    }
    output.add(worker, tokens, next);
  }

  private void scan(int head, int tokens, ScanHead one) {
    ScanCache cache = state.scan();
    cache.catchUp(head);
    one.state(cache.states(), cache.at(head), cache.stride())
        .extent(layout.headSize(), layout.stateSize());
    for (int token = 0; token < tokens; token++) {
      scan(head, token, one, cache);
      gate(head, token);
    }
  }

  private void scan(int head, int token, ScanHead one, ScanCache cache) {
    int at = token * convolution.channels();
    int x = at + head * layout.headSize();
    int b = at + layout.innerSize() + head / layout.headsPerGroup() * layout.stateSize();
    int out = token * layout.innerSize() + head * layout.headSize();
    double step = step(head, token);
    cache.decayed(head, step * decay[head]);
    one.input(channels, x, b, b + layout.stateWidth())
        .output(y, out)
        .decay((float) Math.exp(step * decay[head]), (float) step);
    kernels.scan(one);
    kernels.addScaled(y, out, skip[head], channels, x, layout.headSize());
  }

  /** {@code clamp(softplus(dt + bias))}. */
  private double step(int head, int token) {
    int last = (token + 1) * projection.outputs() - layout.heads();
    double raw = projection.output()[last + head] + stepBias[head];
    double positive = raw > LINEAR ? raw : Math.log1p(Math.exp(raw));
    return Math.min(Math.max(positive, limits.stepMinimum()), limits.stepMaximum());
  }

  /** {@code y silu(z)}. */
  private void gate(int head, int token) {
    int size = layout.headSize();
    int z = token * projection.outputs() + head * size;
    int out = token * layout.innerSize() + head * size;
    kernels.activate(Activation.SILU, projection.output(), z, size);
    kernels.times(y, out, projection.output(), z, size);
  }
}

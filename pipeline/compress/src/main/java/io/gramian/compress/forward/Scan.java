package io.gramian.compress.forward;

import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ScanLayout;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The recurrence of Mamba2, computed in chunks (structured state space duality).
 *
 * <p>Per head: {@code h_t = exp(dt_t a) h_(t-1) + dt_t x_t B_t'}, {@code y_t = h_t C_t}, {@code h
 * [P, N]}. Within a chunk of {@code Q} tokens that is a matrix product with a decaying lower
 * triangle, {@code Y = (L o C B') X}; between chunks only the state at a chunk's end is carried.
 * Costs {@code 2 Q (N + P) + 4 N P} operations a token and head instead of a sequential loop over
 * tokens.
 *
 * <p>Shapes: {@code B} sequences, {@code K} chunks, {@code H} heads, {@code G} groups. Tokens that
 * pad the last chunk have {@code dt = 0}: they neither decay the state nor enter it.
 */
final class Scan {

  /** Tokens whose states exist at a time when they are visited. */
  private static final int STEP = 16;

  private final ScanLayout layout;
  private final long tokens;
  private final long chunks;
  private final Tensor inputs;
  private final Tensor keys;
  private final Tensor queries;
  private final Tensor logDecay;

  /**
   * Cuts a sequence into chunks.
   *
   * @param x {@code [B, T, H, P]}, after convolution and SiLU
   * @param b {@code [B, T, G, N]}, likewise
   * @param c {@code [B, T, G, N]}, likewise
   * @param dt {@code [B, T, H]}, after softplus, bias and clamp
   * @param a {@code [H]}, negative
   */
  Scan(ScanLayout layout, Tensor x, Tensor b, Tensor c, Tensor dt, Tensor a) {
    this.layout = layout;
    this.tokens = x.size(1);
    this.chunks = (tokens + layout.chunkSize() - 1) / layout.chunkSize();
    this.inputs = chunked(x.mul(dt.unsqueeze(-1)));
    this.keys = heads(chunked(b));
    this.queries = heads(chunked(c));
    this.logDecay = Tensors.toDouble(chunked(dt.mul(a).unsqueeze(-1)).squeeze(-1)).cumsum(-1);
  }

  /** {@code [B, T, H, n]} to {@code [B, K, H, Q, n]}. */
  private Tensor chunked(Tensor x) {
    long padding = chunks * layout.chunkSize() - tokens;
    Tensor padded = padding == 0 ? x : torch.constant_pad_nd(x, 0, 0, 0, 0, 0, padding);
    return padded
        .reshape(x.size(0), chunks, layout.chunkSize(), x.size(2), x.size(3))
        .transpose(2, 3);
  }

  /** Repeats every group for its heads: {@code [B, K, G, Q, N]} to {@code [B, K, H, Q, N]}. */
  private Tensor heads(Tensor grouped) {
    return layout.headsPerGroup() == 1
        ? grouped
        : grouped.repeat_interleave(
            layout.headsPerGroup(), new LongOptional(2), new LongOptional());
  }

  private static Tensor exponential(Tensor exact) {
    return Tensors.toFloat(exact).exp();
  }

  /** States before each chunk, {@code [B, K, H, P, N]}, zero before the first. */
  Tensor startStates() {
    Tensor end = logDecay.narrow(3, layout.chunkSize() - 1, 1);
    Tensor toEnd = exponential(end.sub(logDecay));
    Tensor added = inputs.mul(toEnd.unsqueeze(-1)).transpose(3, 4).matmul(keys);
    Tensor carried = exponential(end).unsqueeze(-1);
    TensorVector starts = new TensorVector();
    Tensor state = torch.zeros_like(added.select(1, 0));
    for (long chunk = 0; chunk < chunks; chunk++) {
      starts.push_back(state);
      state = state.mul(carried.select(1, chunk)).add(added.select(1, chunk));
    }
    return torch.stack(starts, 1);
  }

  /** Outputs {@code y [B, T, H, P]}, without the skip. */
  Tensor outputs(Tensor startStates) {
    Tensor within = queries.matmul(keys.transpose(3, 4)).mul(decays(logDecay)).matmul(inputs);
    Tensor before =
        queries.matmul(startStates.transpose(3, 4)).mul(exponential(logDecay).unsqueeze(-1));
    Tensor all = within.add(before).transpose(2, 3);
    long batch = all.size(0);
    return all.reshape(batch, chunks * layout.chunkSize(), all.size(3), all.size(4))
        .narrow(1, 0, tokens);
  }

  /**
   * {@code L_ts = exp(sum of dt a from s+1 to t)} for {@code s <= t}, else 0.
   *
   * @param cumulative sums {@code [.., Q]}
   * @return {@code [.., Q, Q]}
   */
  private static Tensor decays(Tensor cumulative) {
    Tensor difference = Tensors.toFloat(cumulative.unsqueeze(-1).sub(cumulative.unsqueeze(-2)));
    Tensor above = torch.ones_like(difference).triu(1).to(torch.ScalarType.Bool);
    // Masked before the exponential: above the diagonal the sums are positive and could overflow.
    return difference.masked_fill(above, new Scalar(Double.NEGATIVE_INFINITY)).exp();
  }

  /**
   * Shows every state {@code h_t} of every head to {@code recorder}, a few tokens of one head at a
   * time: never more than {@code B x STEP x N x P} of them exist. Costs {@code 2 STEP N P}
   * operations a token and head.
   *
   * @param outputNorms {@code [H, P]}, handed on
   */
  void visitStates(Tensor startStates, Tensor outputNorms, SiteRecorder recorder) {
    for (int head = 0; head < layout.heads(); head++) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        visit(new Place(head, chunk), startStates, outputNorms.select(0, head), recorder);
      }
    }
  }

  private record Place(int head, int chunk) {
    Tensor of(Tensor chunked) {
      return chunked.select(1, chunk).select(1, head);
    }
  }

  private void visit(Place place, Tensor startStates, Tensor norms, SiteRecorder recorder) {
    Tensor state = place.of(startStates);
    Tensor log = place.of(logDecay);
    int first = place.chunk() * layout.chunkSize();
    long kept = Math.min(layout.chunkSize(), tokens - first);
    Tensor passed = torch.zeros_like(log.narrow(1, 0, 1));
    for (int from = 0; from < kept; from += STEP) {
      long count = Math.min(STEP, kept - from);
      Tensor decay = log.narrow(1, from, count).sub(passed);
      Tensor x = place.of(inputs).narrow(1, from, count);
      Tensor b = place.of(keys).narrow(1, from, count);
      Tensor states = states(state, decay, x, b);
      Tensor c = place.of(queries).narrow(1, from, count);
      recorder.recordStates(new StateChunk(place.head(), first + from, states, c, norms));
      state = states.select(1, count - 1);
      passed = log.narrow(1, from + count - 1, 1);
    }
  }

  /** {@code h_t = exp(decay_t) h_0 + sum_(s <= t) exp(decay_t - decay_s) x_s B_s' [B, Q, P, N]}. */
  private static Tensor states(Tensor start, Tensor decay, Tensor x, Tensor b) {
    Tensor entering = x.unsqueeze(3).mul(b.unsqueeze(2)).flatten(2, 3);
    Tensor kept = exponential(decay).unsqueeze(-1).mul(start.flatten(1, 2).unsqueeze(1));
    return decays(decay)
        .matmul(entering)
        .add(kept)
        .view(x.size(0), x.size(1), x.size(2), b.size(2));
  }
}

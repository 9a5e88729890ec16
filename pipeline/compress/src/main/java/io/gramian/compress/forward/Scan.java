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
 * Costs {@code 2 Q P + 4 N P} operations a token and head, and {@code 2 Q N} a token and group,
 * instead of a sequential loop over tokens.
 *
 * <p>The length of a chunk changes nothing but rounding and time. A config's own suits
 * accelerators; on a processor the element-wise work on {@code [Q, Q]} weighs more, so chunks are
 * shorter here.
 *
 * <p>Shapes: {@code B} sequences, {@code K} chunks, {@code H} heads, {@code G} groups. Tokens that
 * pad the last chunk have {@code dt = 0}: they neither decay the state nor enter it.
 */
final class Scan {

  private static final int LONGEST_CHUNK = 64;

  private final ScanLayout layout;
  private final long tokens;
  private final long chunk;
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
    this.chunk = Math.min(layout.chunkSize(), LONGEST_CHUNK);
    this.chunks = (tokens + chunk - 1) / chunk;
    this.inputs = chunked(x.mul(dt.unsqueeze(-1)));
    this.keys = chunked(b);
    this.queries = chunked(c);
    this.logDecay = Tensors.toDouble(chunked(dt.mul(a).unsqueeze(-1)).squeeze(-1)).cumsum(-1);
  }

  /** {@code [B, T, H, n]} to {@code [B, K, H, Q, n]}. */
  private Tensor chunked(Tensor x) {
    long padding = chunks * chunk - tokens;
    Tensor padded = padding == 0 ? x : torch.constant_pad_nd(x, 0, 0, 0, 0, 0, padding);
    return padded.reshape(x.size(0), chunks, chunk, x.size(2), x.size(3)).transpose(2, 3);
  }

  /** Repeats every group for its heads: {@code [B, K, G, Q, N]} to {@code [B, K, H, Q, N]}. */
  private Tensor heads(Tensor grouped) {
    return layout.headsPerGroup() == 1
        ? grouped
        : grouped.repeat_interleave(
            layout.headsPerGroup(), new LongOptional(2), new LongOptional());
  }

  /** Of F64 sums, in the type that the scan computes in. */
  Tensor exponential(Tensor exact) {
    return Tensors.like(exact, inputs).exp();
  }

  /** States before each chunk, {@code [B, K, H, P, N]}, zero before the first. */
  Tensor startStates() {
    Tensor end = logDecay.narrow(3, chunk - 1, 1);
    Tensor toEnd = exponential(end.sub(logDecay));
    Tensor entering = byGroup(inputs.mul(toEnd.unsqueeze(-1)).transpose(3, 4));
    Tensor added = byHead(entering.flatten(3, 4).matmul(keys));
    Tensor carried = exponential(end).unsqueeze(-1);
    TensorVector starts = new TensorVector();
    Tensor state = torch.zeros_like(added.select(1, 0));
    for (long at = 0; at < chunks; at++) {
      starts.push_back(state);
      state = state.mul(carried.select(1, at)).add(added.select(1, at));
    }
    return torch.stack(starts, 1);
  }

  /** {@code [B, K, H, m, n]} to {@code [B, K, G, H/G, m, n]}. */
  private Tensor byGroup(Tensor x) {
    return x.reshape(
        x.size(0), chunks, layout.groups(), layout.headsPerGroup(), x.size(3), x.size(4));
  }

  /** {@code [B, K, G, H/G P, N]} to {@code [B, K, H, P, N]}. */
  private Tensor byHead(Tensor x) {
    return x.reshape(x.size(0), chunks, layout.heads(), layout.headSize(), x.size(4));
  }

  /** Outputs {@code y [B, T, H, P]}, without the skip. */
  Tensor outputs(Tensor startStates) {
    Tensor pairs = queries.matmul(keys.transpose(3, 4)).unsqueeze(3);
    Tensor within = times(byGroup(decays(logDecay)), pairs).matmul(byGroup(inputs));
    Tensor states = byGroup(startStates).flatten(3, 4).transpose(3, 4);
    Tensor before =
        queries
            .matmul(states)
            .view(-1, chunks, layout.groups(), chunk, layout.headsPerGroup(), layout.headSize())
            .transpose(3, 4)
            .mul(byGroup(exponential(logDecay).unsqueeze(-1)));
    // [B, K, G, H/G, Q, P]: positions come before heads in the result.
    Tensor all = within.add_(before).permute(0, 1, 4, 2, 3, 5);
    return all.reshape(all.size(0), chunks * chunk, layout.heads(), layout.headSize())
        .narrow(1, 0, tokens);
  }

  /** In place, unless the decays are wanted again for a gradient. */
  private static Tensor times(Tensor decays, Tensor pairs) {
    return decays.requires_grad() ? decays.mul(pairs) : decays.mul_(pairs);
  }

  /**
   * {@code L_ts = exp(sum of dt a from s+1 to t)} for {@code s <= t}, else 0.
   *
   * @param cumulative sums {@code [.., Q]}
   * @return {@code [.., Q, Q]}
   */
  Tensor decays(Tensor cumulative) {
    Tensor difference =
        Tensors.like(cumulative.unsqueeze(-1).sub(cumulative.unsqueeze(-2)), inputs);
    long length = cumulative.size(-1);
    Tensor above = torch.ones(length, length).triu(1).to(torch.ScalarType.Bool);
    // Masked before the exponential: above the diagonal the sums are positive and could overflow.
    return difference.masked_fill_(above, new Scalar(Double.NEGATIVE_INFINITY)).exp_();
  }

  ScanLayout layout() {
    return layout;
  }

  /** {@code T}, without the padding of the last chunk. */
  long tokens() {
    return tokens;
  }

  /** {@code dt x [B, K, H, Q, P]}. */
  Tensor inputs() {
    return inputs;
  }

  /** {@code B} of each head's group, {@code [B, K, H, Q, N]}. */
  Tensor keys() {
    return heads(keys);
  }

  /** {@code C} of each head's group, {@code [B, K, H, Q, N]}. */
  Tensor queries() {
    return heads(queries);
  }

  /** Running sums of {@code dt a} within each chunk, {@code [B, K, H, Q]}, F64. */
  Tensor logDecay() {
    return logDecay;
  }

  /** {@code [B, T]} to {@code [B, K, 1, Q]}, zero where the last chunk is padded. */
  Tensor chunkedMask(Tensor mask) {
    return chunked(mask.unsqueeze(-1).unsqueeze(-1)).squeeze(-1);
  }
}

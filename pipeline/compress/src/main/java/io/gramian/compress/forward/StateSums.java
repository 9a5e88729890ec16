package io.gramian.compress.forward;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ScanLayout;
import org.bytedeco.pytorch.Tensor;

/**
 * Sums over all recurrent states of a scan, of which there are {@code T x N x P} a head: far too
 * many to form.
 *
 * <p>Within a chunk, {@code h_t = e_t H + sum_(s <= t) L_ts x_s B_s'}, {@code H [P, N]} the state
 * before it. Tokens that do not count (padding) are weighted with zero. Sums are F64, products F32.
 */
final class StateSums {

  /** Tokens whose states are formed at a time where they must be: they stay in the cache. */
  private static final int STEP = 16;

  private final Scan scan;
  private final Tensor starts;
  private final Tensor mask;

  /**
   * Prepares the sums.
   *
   * @param starts states before each chunk {@code [B, K, H, P, N]}
   * @param mask {@code [B, T]}: 1 for tokens that count, else 0
   */
  StateSums(Scan scan, Tensor starts, Tensor mask) {
    this.scan = scan;
    this.starts = starts;
    this.mask = scan.chunkedMask(mask);
  }

  /**
   * {@code sum_t h_t h_t' [H, P, P]}, from the chunks' own matrices: with {@code K_ss' = B_s .
   * B_s'},
   *
   * <p>{@code sum_t h_t h_t' = (sum e_t^2) H H' + S + S' + X' (K o L'L) X}, {@code S = H B'
   * diag(L'e) X}.
   *
   * <p>No state is formed: {@code 2 Q (N + P + Q) + 2 P^2} operations a token and head instead of
   * {@code 2 N P^2}.
   */
  Tensor grams() {
    return Scopes.keep(
        () -> {
          Tensor decays = Scan.decays(scan.logDecay());
          Tensor counted = decays.mul(mask.unsqueeze(-1)).transpose(3, 4);
          Tensor entry = Scan.exponential(scan.logDecay());
          Tensor x = scan.inputs();
          Tensor pairs = scan.keys().matmul(scan.keys().transpose(3, 4));
          Tensor within = x.transpose(3, 4).matmul(pairs.mul(counted.matmul(decays))).matmul(x);
          Tensor weights = counted.matmul(entry.unsqueeze(-1));
          Tensor crossed = starts.matmul(scan.keys().mul(weights).transpose(3, 4)).matmul(x);
          Tensor energy = entry.square().mul(mask).sum(3L).unsqueeze(-1).unsqueeze(-1);
          Tensor before = starts.matmul(starts.transpose(3, 4)).mul(energy);
          Tensor all = within.add(crossed).add(crossed.transpose(3, 4)).add(before);
          return Tensors.toDouble(all).sum(0, 1);
        });
  }

  /**
   * {@code M_im = sum_t sum_j sum_p (C_ti h_tip)(C_tm h_tmp) w_jp^2 [G, N, N]}, over the heads
   * {@code j} of a group. Forms the states of a few tokens at a time; {@code 2 N P (N + STEP)}
   * operations a token and head.
   *
   * @param norms {@code w [H, P]}
   */
  Tensor outputs(Tensor norms) {
    ScanLayout layout = scan.layout();
    return Scopes.keep(
        () -> {
          Tensor sums =
              Tensors.zerosDouble(layout.groups(), layout.stateSize(), layout.stateSize());
          for (int head = 0; head < layout.heads(); head++) {
            Tensor sum = sums.select(0, head / layout.headsPerGroup());
            for (int chunk = 0; chunk < starts.size(1); chunk++) {
              new Stretch(head, chunk, norms.select(0, head)).addTo(sum);
            }
          }
          return sums;
        });
  }

  /** The tokens of one chunk and head, in all sequences. */
  private final class Stretch {

    private final Tensor x;
    private final Tensor b;
    private final Tensor c;
    private final Tensor log;
    private final long length;
    private Tensor state;

    /** Scales by {@code w [P]}: states are linear in what enters them. */
    Stretch(int head, int chunk, Tensor w) {
      x = of(scan.inputs(), chunk, head).mul(w);
      b = of(scan.keys(), chunk, head);
      c = of(scan.queries(), chunk, head).mul(of(mask, chunk, 0).unsqueeze(-1));
      log = of(scan.logDecay(), chunk, head);
      state = of(starts, chunk, head).mul(w.unsqueeze(-1));
      length = Math.min(x.size(1), scan.tokens() - (long) chunk * x.size(1));
    }

    private static Tensor of(Tensor chunked, int chunk, int head) {
      return chunked.select(1, chunk).select(1, head);
    }

    void addTo(Tensor sum) {
      for (long from = 0; from < length; from += STEP) {
        long start = from;
        long count = Math.min(STEP, length - from);
        state = Scopes.keep(() -> step(start, count, sum));
      }
    }

    /** Adds {@code count} tokens and returns the state after them. */
    private Tensor step(long from, long count, Tensor sum) {
      Tensor decay = log.narrow(1, from, count);
      if (from > 0) {
        decay = decay.sub(log.narrow(1, from - 1, 1));
      }
      Tensor states = states(decay, x.narrow(1, from, count), b.narrow(1, from, count));
      Tensor last = states.select(2, count - 1).clone();
      Tensor rows = states.mul_(c.narrow(1, from, count).unsqueeze(1)).reshape(-1, states.size(3));
      sum.add_(rows.t().mm(rows));
      return last;
    }

    /** {@code h_t [B, P, q, N]}: one product with the rows {@code L_ts x_sp} of all {@code p}. */
    private Tensor states(Tensor decay, Tensor entering, Tensor keys) {
      long batch = entering.size(0);
      long count = entering.size(1);
      long size = entering.size(2);
      Tensor rows =
          Scan.decays(decay)
              .unsqueeze(1)
              .mul(entering.transpose(1, 2).unsqueeze(2))
              .reshape(batch, size * count, count);
      Tensor entry = Scan.exponential(decay).unsqueeze(1).unsqueeze(-1);
      return rows.bmm(keys)
          .view(batch, size, count, keys.size(2))
          .addcmul_(entry, state.unsqueeze(2));
    }
  }
}

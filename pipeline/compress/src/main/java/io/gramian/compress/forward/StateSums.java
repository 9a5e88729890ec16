package io.gramian.compress.forward;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ScanLayout;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Sums over all recurrent states of a scan, of which there are {@code T x N x P} a head: far too
 * many to form.
 *
 * <p>Within a chunk, {@code h_t = e_t H + sum_(s <= t) L_ts x_s B_s'}, {@code H [P, N]} the state
 * before it. Tokens that do not count (padding) are weighted with zero. Sums are F64, products F32.
 */
final class StateSums {

  /** Tokens taken at a time: what is of size q^2 N stays in the cache. */
  private static final int STEP = 32;

  private final Scan scan;
  private final Tensor starts;
  private final Tensor mask;
  private final Tensor keys;
  private final Tensor queries;

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
    this.keys = scan.keys();
    this.queries = scan.queries();
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
          Tensor decays = scan.decays(scan.logDecay());
          Tensor counted = decays.mul(mask.unsqueeze(-1)).transpose(3, 4);
          Tensor entry = scan.exponential(scan.logDecay());
          Tensor x = scan.inputs();
          Tensor pairs = keys.matmul(keys.transpose(3, 4));
          Tensor within = x.transpose(3, 4).matmul(pairs.mul(counted.matmul(decays))).matmul(x);
          Tensor weights = counted.matmul(entry.unsqueeze(-1));
          Tensor crossed = starts.matmul(keys.mul(weights).transpose(3, 4)).matmul(x);
          Tensor energy = entry.square().mul(mask).sum(3L).unsqueeze(-1).unsqueeze(-1);
          Tensor before = starts.matmul(starts.transpose(3, 4)).mul(energy);
          Tensor all = within.add(crossed).add(crossed.transpose(3, 4)).add(before);
          return Tensors.toDouble(all).sum(0, 1);
        });
  }

  /**
   * {@code M_im = sum_t sum_j sum_p (C_ti h_tip)(C_tm h_tmp) w_jp^2 [G, N, N]}, over the heads
   * {@code j} of a group.
   *
   * <p>The heads of a group share {@code B} and {@code C}, so their sum can be taken before
   * anything of size {@code N} is multiplied. With {@code h, x, H} scaled by {@code w}, {@code K_j
   * = X_j X_j'}, and {@code BC_ts = B_s o C_t}:
   *
   * <p>{@code M = sum_j (H_j' H_j) o (C' diag(e_j^2) C) + sym sum_ts BC_ts (sum_s' R_tss' BC_ts' +
   * 2 V_ts o C_t)'}, {@code R_tss' = sum_j L_jts L_jts' K_jss'}, {@code V_ts = sum_j e_jt L_jts
   * H_j' x_js}.
   *
   * <p>Some {@code 4 N^2 (H/G P / q + H/G + q)} operations a token and group, {@code q} tokens at a
   * time, instead of {@code 2 N^2 P H/G}.
   *
   * @param norms {@code w [H, P]}
   */
  Tensor outputs(Tensor norms) {
    ScanLayout layout = scan.layout();
    return Scopes.keep(
        () -> {
          Tensor sums =
              Tensors.zerosDouble(layout.groups(), layout.stateSize(), layout.stateSize());
          for (int sequence = 0; sequence < starts.size(0); sequence++) {
            for (int chunk = 0; chunk < starts.size(1); chunk++) {
              for (int group = 0; group < layout.groups(); group++) {
                new Stretch(sequence, chunk, group, norms).addTo(sums.select(0, group));
              }
            }
          }
          return sums;
        });
  }

  /** The tokens of one chunk of one sequence, for the heads of one group ({@code J} of them). */
  private final class Stretch {

    private final Tensor x;
    private final Tensor b;
    private final Tensor c;
    private final Tensor log;
    private final long length;
    private Tensor state;

    /** Scales by {@code w}: states are linear in what enters them. */
    Stretch(int sequence, int chunk, int group, Tensor norms) {
      long heads = scan.layout().headsPerGroup();
      long first = group * heads;
      Tensor w = norms.narrow(0, first, heads);
      x = of(scan.inputs(), sequence, chunk).narrow(0, first, heads).mul(w.unsqueeze(1));
      b = of(keys, sequence, chunk).select(0, first);
      Tensor counted = of(mask, sequence, chunk).select(0, 0).unsqueeze(-1);
      c = of(queries, sequence, chunk).select(0, first).mul(counted);
      log = of(scan.logDecay(), sequence, chunk).narrow(0, first, heads);
      state = of(starts, sequence, chunk).narrow(0, first, heads).mul(w.unsqueeze(-1));
      length = Math.min(b.size(0), scan.tokens() - (long) chunk * b.size(0));
    }

    private static Tensor of(Tensor chunked, int sequence, int chunk) {
      return chunked.select(0, sequence).select(0, chunk);
    }

    void addTo(Tensor sum) {
      for (long from = 0; from < length; from += STEP) {
        Step step = step(from, Math.min(STEP, length - from));
        Scopes.compute(() -> sum.add_(step.beforeIt(state)).add_(step.withinIt(state)));
        Tensor now = state;
        state = Scopes.keep(() -> step.after(now));
      }
    }

    private Step step(long from, long count) {
      Tensor decay = log.narrow(1, from, count);
      if (from > 0) {
        decay = decay.sub(log.narrow(1, from - 1, 1));
      }
      return new Step(
          scan.decays(decay),
          scan.exponential(decay),
          x.narrow(1, from, count),
          b.narrow(0, from, count),
          c.narrow(0, from, count));
    }
  }

  /**
   * A few tokens.
   *
   * @param decays {@code L [J, q, q]}
   * @param entry {@code e [J, q]}
   * @param x {@code [J, q, P]}
   * @param b {@code [q, N]}
   * @param c {@code [q, N]}
   */
  private record Step(Tensor decays, Tensor entry, Tensor x, Tensor b, Tensor c) {

    /** {@code sum_j (H_j' H_j) o (C' diag(e_j^2) C) [N, N]}. */
    Tensor beforeIt(Tensor state) {
      Tensor energy = state.transpose(1, 2).matmul(state);
      Tensor weighted = c.mul(entry.square().unsqueeze(-1)).transpose(1, 2).matmul(c);
      return Tensors.toDouble(energy.mul_(weighted).sum(0L));
    }

    /** All terms in which a token of the step enters, {@code [N, N]}. */
    Tensor withinIt(Tensor state) {
      Tensor pairs = x.matmul(x.transpose(1, 2));
      Tensor twice = decays.unsqueeze(3).mul(decays.unsqueeze(2)).mul_(pairs.unsqueeze(1)).sum(0L);
      Tensor products = b.unsqueeze(0).mul(c.unsqueeze(1));
      Tensor crossed = crossed(state).mul_(c.unsqueeze(1));
      Tensor right = twice.bmm(products).add_(crossed.add(crossed));
      Tensor sum = products.flatten(0, 1).t().mm(right.flatten(0, 1));
      return Tensors.toDouble(sum.add(sum.t())).mul_(new Scalar(0.5));
    }

    /** {@code V_ts = sum_j e_jt L_jts H_j' x_js [q, q, N]}: a product over heads for every s. */
    private Tensor crossed(Tensor state) {
      Tensor reached = x.matmul(state).transpose(0, 1);
      Tensor carried = decays.mul(entry.unsqueeze(-1)).permute(2, 1, 0);
      return carried.bmm(reached).transpose(0, 1).contiguous();
    }

    /** The state {@code [J, P, N]} after the last token. */
    Tensor after(Tensor state) {
      long last = entry.size(1) - 1;
      Tensor entering = x.mul(decays.select(1, last).unsqueeze(-1)).transpose(1, 2).matmul(b);
      return state.mul(entry.select(1, last).unsqueeze(-1).unsqueeze(-1)).add(entering);
    }
  }
}

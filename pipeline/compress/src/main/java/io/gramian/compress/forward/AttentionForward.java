package io.gramian.compress.forward;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import java.util.Optional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Causal grouped-query attention. Padding stands at the end of a sequence, where causality keeps it
 * from every real position, so no mask is needed beyond the causal one.
 */
record AttentionForward(
    Attention spec,
    Linear query,
    Linear key,
    Linear value,
    Linear output,
    Optional<Rotation> rotation)
    implements MixerForward {

  static AttentionForward of(Attention spec, Weights weights, Adapters adapters) {
    return new AttentionForward(
        spec,
        Linear.of(spec.query(), weights, adapters),
        Linear.of(spec.key(), weights, adapters),
        Linear.of(spec.value(), weights, adapters),
        Linear.of(spec.output(), weights, adapters),
        spec.rotary().map(Rotation::new));
  }

  @Override
  public Tensor apply(Tensor normed, SiteRecorder recorder) {
    HeadLayout layout = spec.layout();
    Tensor input = query.input(normed);
    Tensor q = heads(query.apply(input), layout.heads());
    Tensor k = heads(key.apply(input), layout.kvHeads());
    if (rotation.isPresent()) {
      RotaryTable table = rotation.get().tableFor(q);
      q = table.rotateQueries(q, layout);
      k = table.rotateKeys(k);
    }
    recorder.record(Site.QUERY, q);
    recorder.record(Site.KEY, k);
    Tensor pure = value.withoutBias(input);
    recorder.record(Site.VALUE, heads(pure, layout.kvHeads()));
    Tensor v = heads(value.addBias(pure), layout.kvHeads());
    Tensor mixed = output.isReduced() ? attendReduced(q, k, v) : attend(q, shared(k), shared(v));
    Tensor attended = mixed.transpose(1, 2).reshape(normed.size(0), normed.size(1), -1);
    recorder.record(Site.ATTENDED, attended);
    return output.apply(attended);
  }

  /** {@code [B, T, heads * d]} to {@code [B, heads, T, d]}. */
  private static Tensor heads(Tensor x, int heads) {
    return x.view(x.size(0), x.size(1), heads, -1).transpose(1, 2);
  }

  /** Repeats every KV head for the query heads that share it. */
  private Tensor shared(Tensor x) {
    long queries = spec.layout().queriesPerKvHead();
    if (queries == 1) {
      return x;
    }
    return x.unsqueeze(2)
        .expand(x.size(0), x.size(1), queries, x.size(2), x.size(3))
        .reshape(x.size(0), x.size(1) * queries, x.size(2), x.size(3));
  }

  private Tensor attendReduced(Tensor q, Tensor k, Tensor v) {
    return new ReducedAttention(scale()).apply(q, k, v);
  }

  private Tensor attend(Tensor q, Tensor k, Tensor v) {
    return torch.scaled_dot_product_attention(
        q, k, v, new TensorOptional(), 0.0, true, new DoubleOptional(scale()), false);
  }

  private double scale() {
    return 1 / Math.sqrt(spec.layout().headSize());
  }
}

package io.gramian.model.family;

import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import io.gramian.model.Rope;
import java.util.Optional;

/**
 * An attention with maps {@code q_proj}, {@code k_proj}, {@code v_proj} and {@code o_proj}.
 *
 * @param hidden width of the stream
 * @param heads how the rows split
 * @param rope rotary embedding, if any
 * @param biases which maps have one
 */
record AttentionMaps(int hidden, HeadLayout heads, Optional<Rope> rope, Biases biases) {

  /**
   * Which maps have a bias.
   *
   * @param queryKeyValue q_proj, k_proj and v_proj
   * @param output o_proj
   */
  record Biases(boolean queryKeyValue, boolean output) {}

  /** The attention whose tensors stand under {@code prefix}. */
  Attention under(String prefix) {
    Projections projections = new Projections(prefix, biases.queryKeyValue());
    return new Attention(
        projections.map("q_proj", heads.querySize(), hidden),
        projections.map("k_proj", heads.keyValueSize(), hidden),
        projections.map("v_proj", heads.keyValueSize(), hidden),
        new Projections(prefix, biases.output()).map("o_proj", hidden, heads.querySize()),
        heads,
        rope.orElse(null));
  }
}

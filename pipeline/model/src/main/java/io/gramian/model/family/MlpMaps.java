package io.gramian.model.family;

import io.gramian.model.Activation;
import io.gramian.model.Mlp;

/**
 * An MLP with maps {@code up_proj}, {@code down_proj} and, where it has one, {@code gate_proj}.
 *
 * @param hidden width of the stream
 * @param intermediate its own width
 * @param activation applied to the gate, or to up where there is none
 * @param biased whether the maps have a bias
 */
record MlpMaps(int hidden, int intermediate, Activation activation, boolean biased) {

  /** The MLP with gate whose tensors stand under {@code prefix}. */
  Mlp gated(String prefix) {
    Projections projections = new Projections(prefix, biased);
    return new Mlp(
        projections.map("gate_proj", intermediate, hidden),
        projections.map("up_proj", intermediate, hidden),
        projections.map("down_proj", hidden, intermediate),
        activation);
  }

  /** The MLP without gate whose tensors stand under {@code prefix}. */
  Mlp ungated(String prefix) {
    Projections projections = new Projections(prefix, biased);
    return new Mlp(
        null,
        projections.map("up_proj", intermediate, hidden),
        projections.map("down_proj", hidden, intermediate),
        activation);
  }
}

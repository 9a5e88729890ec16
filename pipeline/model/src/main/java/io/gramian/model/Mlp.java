package io.gramian.model;

import java.util.Optional;

/**
 * A feed-forward mixer: {@code down(act(gate(x)) * up(x))}, or {@code down(act(up(x)))} without a
 * gate.
 *
 * @param gate {@code [n, h]}, or null for an MLP without gate
 * @param up {@code [n, h]}
 * @param down {@code [h, n]}
 * @param activation applied to the gate (to {@code up} where there is none)
 */
public record Mlp(LinearSpec gate, LinearSpec up, LinearSpec down, Activation activation)
    implements Mixer {

  private static final long serialVersionUID = 1L;

  @Override
  public String kind() {
    return "mlp";
  }

  @Override
  public <R> R accept(MixerVisitor<R> visitor) {
    return visitor.mlp(this);
  }

  public Optional<LinearSpec> gateMap() {
    return Optional.ofNullable(gate);
  }

  /** {@code n}, the prunable width. */
  public int intermediateSize() {
    return up.out();
  }
}

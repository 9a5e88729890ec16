package io.gramian.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

  public Mlp {
    if (down.in() != up.out() || (gate != null && gate.out() != up.out())) {
      throw new IllegalArgumentException(
          up.weight() + " has " + up.out() + " rows, but gate or down another width");
    }
  }

  @Override
  public String kind() {
    return "mlp";
  }

  @Override
  public <R> R accept(MixerVisitor<R> visitor) {
    return visitor.mlp(this);
  }

  @Override
  public List<LinearSpec> maps() {
    return Stream.concat(gateMap().stream(), Stream.of(up, down)).toList();
  }

  /** The gate, if there is one. */
  public Optional<LinearSpec> gateMap() {
    return Optional.ofNullable(gate);
  }

  /** {@code n}, the prunable width. */
  public int intermediateSize() {
    return up.out();
  }
}

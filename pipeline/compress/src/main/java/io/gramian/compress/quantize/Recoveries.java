package io.gramian.compress.quantize;

import java.io.Serializable;
import java.util.List;

/**
 * What had to be done to factorise a Hessian.
 *
 * @param damping added to the diagonal, as a fraction of its mean: 0.01 unless that did not suffice
 * @param deadChannels channels that no token ever reached: damping alone stands for them, and their
 *     weights are rounded as they are
 */
public record Recoveries(double damping, List<Integer> deadChannels) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Fraction of the mean diagonal that is added to the diagonal at first. */
  static final double DAMPING = 0.01;

  public Recoveries {
    deadChannels = List.copyOf(deadChannels);
  }

  /** Whether anything is worth a warning: more damping than usual, or dead channels. */
  public boolean any() {
    return damping > DAMPING || !deadChannels.isEmpty();
  }
}

package io.gramian.model;

import java.io.Serializable;
import java.util.Locale;

/**
 * Identity of a coupling group.
 *
 * @param blockIndex residual block
 * @param layerIndex Hugging Face's layer number
 * @param mixer the mixer's {@link Mixer#kind()}
 * @param coupling which of the block's couplings
 * @param head KV head, state space group or state space head (0 for an MLP)
 */
public record CouplingGroup(
    int blockIndex, int layerIndex, String mixer, Coupling coupling, int head)
    implements Serializable {

  /** The group in words, for messages: {@code block 3 (layer 1) query-key of head 0}. */
  public String label() {
    return String.format(
        Locale.ROOT,
        "block %d (layer %d) %s of %s %d",
        blockIndex,
        layerIndex,
        coupling.label(),
        coupling == Coupling.B_C ? "group" : "head",
        head);
  }
}

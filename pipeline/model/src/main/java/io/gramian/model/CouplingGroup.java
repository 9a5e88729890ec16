package io.gramian.model;

import java.io.Serializable;

/**
 * Identity of a coupling group.
 *
 * @param blockIndex residual block
 * @param layerIndex Hugging Face's layer number
 * @param mixer the mixer's {@link Mixer#kind()}
 * @param coupling which of the block's couplings
 * @param head KV head (0 for an MLP)
 */
public record CouplingGroup(
    int blockIndex, int layerIndex, String mixer, Coupling coupling, int head)
    implements Serializable {}

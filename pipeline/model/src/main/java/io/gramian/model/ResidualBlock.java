package io.gramian.model;

import java.io.Serializable;

/**
 * One step of the residual stream: {@code x = x + mixer(norm(x))}.
 *
 * @param blockIndex position in the decoder's flat list
 * @param layerIndex Hugging Face's layer number; attention and MLP of one layer share it
 * @param norm applied to the mixer's input
 * @param mixer attention or MLP
 */
public record ResidualBlock(int blockIndex, int layerIndex, NormSpec norm, Mixer mixer)
    implements Serializable {}

package io.gramian.compress.forward;

import org.bytedeco.pytorch.Tensor;

/**
 * The recurrent states of one head over some consecutive positions.
 *
 * @param head SSM head
 * @param firstPosition of the chunk within the sequences
 * @param states {@code h_t [B, Q, P, N]}, after the update at each token
 * @param queries {@code C_t [B, Q, N]} of the head's group
 * @param outputNorms {@code [P]}: length of the output projection's column for each of the head's
 *     channels
 */
public record StateChunk(
    int head, int firstPosition, Tensor states, Tensor queries, Tensor outputNorms) {}

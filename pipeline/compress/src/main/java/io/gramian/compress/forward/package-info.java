/**
 * A decoder's forward pass, one residual block at a time, in float32 on libtorch: {@code x = x +
 * mixer(norm(x))}.
 *
 * <p>A block needs only its own weights, so a caller can stream a model of any size through memory.
 * Mixers report the activations named by {@link io.gramian.compress.forward.Site} to a {@link
 * io.gramian.compress.forward.SiteRecorder} as they pass; what is made of them is the recorder's
 * business. Shapes: {@code B} sequences, {@code T} positions, {@code h} hidden size, {@code H}
 * heads, {@code d} head size.
 */
package io.gramian.compress.forward;

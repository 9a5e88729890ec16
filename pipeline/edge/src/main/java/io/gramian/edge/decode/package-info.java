/**
 * A decoder's forward pass on stored weights, a few tokens at a time, with what it remembers of
 * earlier ones.
 *
 * <p>{@link io.gramian.edge.decode.ModelWeights} are the weights of a model, shared by all
 * sessions. A {@link io.gramian.edge.decode.Decoder} is one session's: caches for a fixed number of
 * positions, and for the width at which it runs one step for every block ({@link
 * io.gramian.edge.decode.AttentionStep}, {@link io.gramian.edge.decode.MlpStep}, {@link
 * io.gramian.edge.decode.Mamba2Step}), bound to extents of the stored rows and columns. Another
 * width is another set of steps on the same weights and caches.
 *
 * <p>All members of a {@link io.gramian.edge.team.WorkerTeam} run the steps together. Of a single
 * token everybody has a copy of the residual stream and works out norms for himself, which is
 * cheaper than to wait for each other; they meet four times a layer of attention and MLP where the
 * MLP's channels can be shared out so that nobody needs another's ({@code JoinedChannels}),
 * otherwise five times. Shapes: {@code T} tokens of a batch, {@code h} hidden size; arrays are
 * row-major, a token a row.
 */
package io.gramian.edge.decode;

/**
 * From statistics to rank orders, and from rank orders to a sorted model.
 *
 * <p>A decision reads a block's reduced statistics and the few weights its criteria look at, and
 * says in what order the units of every coupling group go ({@link
 * io.gramian.compress.sort.BlockDecision}); applying it permutes or rotates the block's tensors so
 * that every prefix is a valid smaller model. At full width a sorted block computes what the
 * original does.
 */
package io.gramian.compress.sort;

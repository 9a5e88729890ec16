/**
 * Four-bit weights from a sorted block, one block and one projection input at a time (algorithms.md
 * section 6).
 *
 * <p>{@link io.gramian.compress.quantize.FoldAndRotate} prepares a block: its norm's weight moves
 * into the maps that read it, and the hidden axes are rotated by a {@link
 * io.gramian.compress.quantize.Hadamard} matrix. For each of a block's {@link
 * io.gramian.compress.forward.ProjectionInput}s the Gram matrix of the quantised prefix's
 * activations becomes a {@link io.gramian.compress.quantize.GptqFactor}; with it {@link
 * io.gramian.compress.quantize.Gptq} quantises any range of rows by itself, to the same bytes
 * however the rows are cut. {@link io.gramian.compress.quantize.DequantisedBlock} turns the result
 * back into weights that a forward pass runs, for the next input, the next block, or any width.
 */
package io.gramian.compress.quantize;

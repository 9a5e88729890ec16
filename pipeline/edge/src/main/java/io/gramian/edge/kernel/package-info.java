/**
 * The arithmetic of the device: products of stored rows with activations, and the few vector
 * operations that mixers need beside them.
 *
 * <p>{@link io.gramian.edge.kernel.WeightRows} are the weights of a linear map: BF16 or F32 where
 * they lie in a mapped file ({@link io.gramian.edge.kernel.PlainRows}), or 4 bits and a scale a
 * group in the order in which they are multiplied ({@link io.gramian.edge.kernel.FourBitPanels}):
 * decoding is reading memory, and memory is fast only from beginning to end, so what a width reads
 * lies together ({@code RunOrder}). {@link io.gramian.edge.kernel.ColumnPlan} says which columns
 * that is. {@link io.gramian.edge.kernel.Kernels} multiplies: activations are first put into the
 * order in which a kernel meets the weights ({@link io.gramian.edge.kernel.InputLayout}), then any
 * range of rows can be multiplied by any thread, or any range of columns ({@link
 * io.gramian.edge.kernel.ColumnShare}). What attention remembers of a text is in {@link
 * io.gramian.edge.kernel.SixteenBits}.
 *
 * <p>{@link io.gramian.edge.kernel.ScalarKernels} are plain loops, the oracle of the tests and what
 * runs where the JVM has no Vector API; {@link io.gramian.edge.kernel.VectorKernels} are the same
 * in vectors as wide as the processor's.
 */
package io.gramian.edge.kernel;

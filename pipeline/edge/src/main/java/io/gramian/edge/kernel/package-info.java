/**
 * The arithmetic of the device: products of stored rows with activations, and the few vector
 * operations that mixers need beside them.
 *
 * <p>{@link io.gramian.edge.kernel.WeightRows} are rows where they lie, in a mapped file: 4 bits
 * and a scale a group, BF16 or F32. {@link io.gramian.edge.kernel.ColumnPlan} says which of their
 * columns a width reads. {@link io.gramian.edge.kernel.Kernels} multiplies: activations are first
 * put into the order in which a kernel meets the weights ({@link
 * io.gramian.edge.kernel.InputLayout}), then any range of rows can be multiplied by any thread.
 *
 * <p>{@link io.gramian.edge.kernel.ScalarKernels} are plain loops, the oracle of the tests and what
 * runs where the JVM has no Vector API; {@link io.gramian.edge.kernel.VectorKernels} are the same
 * in vectors as wide as the processor's.
 */
package io.gramian.edge.kernel;

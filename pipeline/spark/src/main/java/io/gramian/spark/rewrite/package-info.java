/**
 * Writing a checkpoint anew with its blocks changed: sorted, sliced, or with adapters merged into
 * them.
 *
 * <p>A {@link io.gramian.spark.rewrite.CheckpointLayout} says which tensor goes into which file, in
 * its original type; one task writes one file ({@link io.gramian.spark.rewrite.TensorFile}) and
 * holds one block at a time. {@link io.gramian.spark.rewrite.CheckpointFolder} puts the folder
 * together, which appears under its name when it is complete.
 */
package io.gramian.spark.rewrite;

/**
 * Packed tensors in tasks: taken from an artifact at any width ({@link
 * io.gramian.spark.packed.ArtifactTensors}) or from wherever else they come, dequantised for a
 * forward pass ({@link io.gramian.spark.packed.PackedWeights}), or written as an artifact of their
 * own ({@link io.gramian.spark.packed.PackedFolder}).
 */
package io.gramian.spark.packed;

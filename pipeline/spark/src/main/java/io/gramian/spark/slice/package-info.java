/**
 * The verb {@code slice}: a checkpoint of any width, cut out of a sorted one.
 *
 * <p>A width is a prefix of every coupling's units, so nothing is computed anew: rows and columns
 * are copied, and value biases of dropped channels move into the output bias. The result reads back
 * as any checkpoint does, since its {@code gramian.json} says how wide each block is. A packed
 * artifact is cut by {@link io.gramian.spark.slice.PackedSlice}, to prefixes of its bytes.
 */
package io.gramian.spark.slice;

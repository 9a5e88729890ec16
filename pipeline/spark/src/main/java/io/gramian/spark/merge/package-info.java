/**
 * The verb {@code merge}: statistics of several runs, each on a text of its own, become those of
 * one run on all the texts, or on a mix of them, without a forward pass.
 *
 * <p>One task a file, tile by tile; nothing is shuffled. What sums mean and when they are the same
 * to the byte as those of one pass is told in {@link io.gramian.spark.merge.Merge}; which runs go
 * together, and the books, are {@code io.gramian.spark.run}'s.
 */
package io.gramian.spark.merge;

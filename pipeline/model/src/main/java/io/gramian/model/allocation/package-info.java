/**
 * Ratio allocation: how much of each block a width of the whole model keeps. Blocks that turn the
 * residual stream little give more than blocks that turn it much (algorithms.md section 4).
 *
 * <p>{@link io.gramian.model.allocation.RatioAllocation} holds the mathematics, {@link
 * io.gramian.model.allocation.Allocation} its result for one target, on paper and on disk.
 */
package io.gramian.model.allocation;

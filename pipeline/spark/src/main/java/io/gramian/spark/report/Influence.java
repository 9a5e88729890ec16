package io.gramian.spark.report;

/**
 * How much a stretch of the residual stream turns its input: mean over tokens of {@code 1 - cos(x,
 * y)}, in [0, 2].
 *
 * @param blockIndex the block; of a layer, its last block
 * @param value 0 if it leaves all directions as they were
 */
record Influence(int blockIndex, double value) {}

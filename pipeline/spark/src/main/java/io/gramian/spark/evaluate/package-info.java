/**
 * The verb {@code evaluate}: loss, perplexity and top-1 accuracy of a checkpoint on held-out text,
 * computed over the same micro-shards and waves as calibration.
 */
package io.gramian.spark.evaluate;

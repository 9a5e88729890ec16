/**
 * The verb {@code evaluate}: loss, perplexity and top-1 accuracy of a checkpoint or a packed
 * artifact on held-out text, at any width, computed over the same micro-shards and waves as
 * calibration; and accuracy on multiple-choice questions by the likelihood of each answer.
 */
package io.gramian.spark.evaluate;

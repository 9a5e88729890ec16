/**
 * The verb {@code quantize}: a sorted or fine-tuned checkpoint to a packed artifact.
 *
 * <p>Hidden states of the calibration set move through the model block by block, each block as it
 * stands when its weights have been rounded ({@link io.gramian.spark.wave.PrefixWalk}). For every
 * distinct input of a block's maps the tasks add its Gram matrix up; a task factorises it and
 * leaves the factor in a file; with it the rows of all maps that read the input are quantised in
 * parallel tasks, and a task a map joins and stores them ({@link
 * io.gramian.spark.quantize.QuantisedParts}). The artifact is put together from these files at the
 * end.
 */
package io.gramian.spark.quantize;

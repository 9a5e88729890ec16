/**
 * The verb {@code finetune}: adapters trained for all widths at once by workers that run at the
 * same time, and merged into the sorted model.
 *
 * <p>The order of the sequences is a pure function of the seed ({@link
 * io.gramian.spark.finetune.EpochOrder}), so each sequence knows at which steps it comes, and a
 * shuffle sends it to the worker whose share it is in ({@link io.gramian.spark.finetune.Shares}).
 * The workers are the tasks of one barrier stage ({@link
 * io.gramian.spark.finetune.BarrierTraining}). They find each other once, through Spark; then
 * gradients are summed over TCP between the processes ({@link io.gramian.spark.finetune.Peers}), a
 * few milliseconds a step, and every worker makes the same update to the same adapters. So one
 * worker with a batch of 32 and two with 16 each train the same, but for the rounding of the sums.
 *
 * <p>The first worker writes checkpoints ({@link io.gramian.spark.finetune.CheckpointStore}), each
 * with the whole history of steps and checks. When a worker is lost, Spark starts the stage again
 * and all go on from the newest one; when the driver is lost, the same command does. The adapters
 * that did best on held-out text become {@code finetuned/}.
 */
package io.gramian.spark.finetune;

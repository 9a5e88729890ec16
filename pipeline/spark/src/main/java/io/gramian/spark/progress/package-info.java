/**
 * How far a phase has come, while its tasks still run.
 *
 * <p>Tasks count finished units of work in an accumulator; {@link
 * io.gramian.spark.progress.TaskProgress} reads the counts off task ends and executor heartbeats
 * and tells a {@link io.gramian.spark.progress.ProgressListener}, which draws. A task that takes an
 * hour therefore moves the bar every second.
 */
package io.gramian.spark.progress;

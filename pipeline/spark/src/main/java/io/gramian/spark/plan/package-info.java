/**
 * What a compression will take, told from the model's config before anything runs.
 *
 * <p>An executor holds the tensors of the blocks in flight, the states of the shards that its tasks
 * are at, and its tasks' partial sums, and nothing else; so each can be counted. {@link
 * io.gramian.spark.plan.MemoryPlan} does so phase by phase, {@link
 * io.gramian.spark.session.ExecutorMemory} knows what there is, and what cannot fit is refused with
 * the numbers and with what would. {@link io.gramian.spark.plan.ShuffledBytes} counts what moves
 * between tasks.
 */
package io.gramian.spark.plan;

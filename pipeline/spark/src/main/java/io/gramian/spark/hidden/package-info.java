/**
 * Micro-shards, and their hidden states as files that other programs read too.
 *
 * <p>A {@link io.gramian.spark.hidden.MicroShard} is a fixed group of sequences. Where it stands
 * before a block for longer than a task lives, its hidden states are an Arrow IPC file of {@link
 * io.gramian.spark.hidden.BlockStates}: one file a shard, so that it depends on the data only and
 * any number of tasks can share the reading; a row a real token, so that a notebook need not know
 * of padding; a SHA-256 beside it, so that a later run can rely on it.
 */
package io.gramian.spark.hidden;

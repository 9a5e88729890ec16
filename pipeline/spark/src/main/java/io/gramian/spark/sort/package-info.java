/**
 * The verb {@code sort}: statistics to rank orders and a sorted checkpoint. Decisions run as tasks,
 * a block each; the checkpoint is written by one task a file, block by block, so that no process
 * holds more than one block.
 */
package io.gramian.spark.sort;

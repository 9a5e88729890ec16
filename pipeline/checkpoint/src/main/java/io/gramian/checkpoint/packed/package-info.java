/**
 * Linear maps in 4 bits: columns fall into runs and groups ({@link
 * io.gramian.checkpoint.packed.ColumnGroups}), a group of a row shares one F16 scale, two values
 * share a byte ({@link io.gramian.checkpoint.packed.PackedMatrix}).
 *
 * <p>A run is what one prunable unit (a head, an MLP's width) takes of the columns. Groups restart
 * at each run, so a narrower map is a prefix of each run's bytes and scales: cutting one out reads
 * no value and rounds nothing.
 */
package io.gramian.checkpoint.packed;

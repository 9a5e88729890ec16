/**
 * How a decoder stands in a packed artifact: which maps are in 4 bits and under which names, in
 * which order the rows of a head are stored, where groups of columns begin, and what of it a width
 * reads.
 *
 * <p>{@link io.gramian.model.packed.PackedLayout} is the description of a block's tensors, {@link
 * io.gramian.model.packed.PackedBlock} their bytes. Every width is a prefix of every run ({@link
 * io.gramian.model.packed.PackedRun}) of every axis, so that {@link
 * io.gramian.model.packed.PackedBlock#at} copies bytes and rounds no weight again.
 */
package io.gramian.model.packed;

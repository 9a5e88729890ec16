/**
 * A decoder as data. {@link io.gramian.model.DecoderSpec} is an embedding, a flat list of {@link
 * io.gramian.model.ResidualBlock}s, a norm and a head; a block holds one of the mixers that {@link
 * io.gramian.model.Mixer} permits.
 *
 * <p>Calibration, sorting, masking, quantisation and the edge runtime all walk the same list and
 * know mixers, not families. What can be pruned together is a {@link
 * io.gramian.model.CouplingGroup}; in what order, a {@link io.gramian.model.RankOrder}; how much of
 * it, a {@link io.gramian.model.KeepRatio} rounded to a device profile.
 */
package io.gramian.model;

/**
 * Moving a calibration set through a model that no process holds whole.
 *
 * <p>Sequences are grouped into {@link io.gramian.spark.wave.MicroShard}s, a cut that depends on
 * the data alone. Blocks are grouped into waves, as many consecutive ones as fit in memory. A task
 * walks its shards through a wave's blocks, passes their hidden states on to the next wave, and
 * emits its partial statistics once, at its end; tiles are reduced by key and nothing large reaches
 * the driver. Between waves Spark keeps the hidden states where they were computed.
 *
 * <p>{@link io.gramian.spark.wave.DecoderWalk} goes through weights that are there; {@link
 * io.gramian.spark.wave.PrefixWalk} through a decoder that is being made, a block at a time.
 */
package io.gramian.spark.wave;

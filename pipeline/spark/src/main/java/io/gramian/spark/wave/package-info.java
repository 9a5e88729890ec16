/**
 * Moving a calibration set through a model that no process holds whole.
 *
 * <p>Sequences are grouped into {@link io.gramian.spark.wave.MicroShard}s, a cut that depends on
 * the data alone. Blocks are grouped into waves, as many consecutive ones as fit in memory. A task
 * walks its shards through a wave's blocks, stores their hidden states for the next wave, and emits
 * its partial statistics once, at its end; tiles are reduced by key and nothing large reaches the
 * driver. A wave reads files, so what came before it need never be computed again; the passes of an
 * evaluation are short, and leave the hidden states to Spark instead.
 *
 * <p>{@link io.gramian.spark.wave.DecoderWalk} goes through weights that are there; {@link
 * io.gramian.spark.wave.PrefixWalk} through a decoder that is being made, a block at a time.
 */
package io.gramian.spark.wave;

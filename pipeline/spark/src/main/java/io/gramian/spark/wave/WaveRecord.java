package io.gramian.spark.wave;

import java.io.Serializable;

/** What a wave's tasks emit: hidden states for the next wave, and tiles for the reduction. */
sealed interface WaveRecord extends Serializable permits HiddenShard, PartialTile {}

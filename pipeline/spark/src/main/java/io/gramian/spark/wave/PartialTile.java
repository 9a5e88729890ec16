package io.gramian.spark.wave;

import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;

/** One task's share of a tile. */
record PartialTile(TileKey key, Tile tile) implements WaveRecord {

  private static final long serialVersionUID = 1L;
}

package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import java.io.Serializable;
import java.util.Comparator;

/**
 * Where a tile belongs.
 *
 * @param blockIndex residual block
 * @param site the activation
 * @param row tile row of a Gram matrix; the head for per-head statistics; 0 otherwise
 * @param column tile column of a Gram matrix, never below the row; 0 otherwise
 */
public record TileKey(int blockIndex, Site site, int row, int column)
    implements Serializable, Comparable<TileKey> {

  private static final Comparator<TileKey> ORDER =
      Comparator.comparingInt(TileKey::blockIndex)
          .thenComparing(TileKey::site)
          .thenComparingInt(TileKey::row)
          .thenComparingInt(TileKey::column);

  /** The statistic this tile is part of. */
  public StatisticKey statistic() {
    return new StatisticKey(blockIndex, site);
  }

  @Override
  public int hashCode() {
    // An enum's own hash differs between JVMs; Spark partitions by this one.
    return ((blockIndex * 31 + site.label().hashCode()) * 31 + row) * 31 + column;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TileKey that && ORDER.compare(this, that) == 0;
  }

  @Override
  public int compareTo(TileKey other) {
    return ORDER.compare(this, other);
  }
}

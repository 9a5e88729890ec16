package io.gramian.spark.wave;

import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.HashPartitioner;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;

/** Adds the tasks' shares of tiles up, exactly, so that their order does not matter. */
public final class TileReduction {

  private TileReduction() {}

  /** Shares of a tile that one task may add up by itself. */
  private static final int FEW_SHARES = 8;

  /**
   * One partition a statistic: all its tiles meet in one task, and no other's do. Where there are
   * many shares, many tasks add them up before: a cluster's shares of a large Gram matrix would
   * keep one task busy for long.
   */
  public static JavaPairRDD<TileKey, Tile> byStatistic(
      JavaPairRDD<TileKey, Tile> partials, List<StatisticKey> keys) {
    ByStatistic together = new ByStatistic(keys);
    return rounds(partials.getNumPartitions()) == 1
        ? reduced(partials, together)
        : byTile(partials, partials.getNumPartitions()).partitionBy(together);
  }

  /** How often a sum moves on its way from {@code shares} tasks: once with all, and once more. */
  public static int rounds(int shares) {
    return shares <= FEW_SHARES ? 1 : 2;
  }

  /** The tiles of a single statistic in one partition, added up by {@code tasks} tasks before. */
  public static JavaPairRDD<TileKey, Tile> ofOne(JavaPairRDD<TileKey, Tile> partials, int tasks) {
    return byTile(partials, tasks).coalesce(1, true);
  }

  /** Every tile somewhere in {@code tasks} partitions. */
  public static JavaPairRDD<TileKey, Tile> byTile(JavaPairRDD<TileKey, Tile> partials, int tasks) {
    return reduced(partials, new HashPartitioner(tasks));
  }

  private static JavaPairRDD<TileKey, Tile> reduced(
      JavaPairRDD<TileKey, Tile> partials, Partitioner partitioner) {
    return partials.combineByKey(
        tile -> tile,
        Tile::merge,
        Tile::merge,
        partitioner,
        // A task has one tile a key, so there is nothing to combine before the shuffle; and
        // merging changes its left operand, which must not be one that Spark has cached.
        false,
        null);
  }

  private static final class ByStatistic extends Partitioner implements Serializable {

    private static final long serialVersionUID = 1L;

    private final HashMap<StatisticKey, Integer> partitions;

    ByStatistic(List<StatisticKey> keys) {
      partitions = new HashMap<>();
      keys.forEach(key -> partitions.put(key, partitions.size()));
    }

    @Override
    public int numPartitions() {
      return partitions.size();
    }

    @Override
    public int getPartition(Object tile) {
      return partitions.get(((TileKey) tile).statistic());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByStatistic that && same(that.partitions);
    }

    private boolean same(Map<StatisticKey, Integer> others) {
      return partitions.equals(others);
    }

    @Override
    public int hashCode() {
      return partitions.hashCode();
    }
  }
}

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

  /** One partition a statistic: all its tiles meet in one task, and no other's do. */
  public static JavaPairRDD<TileKey, Tile> byStatistic(
      JavaPairRDD<TileKey, Tile> partials, List<StatisticKey> keys) {
    return reduced(partials, new ByStatistic(keys));
  }

  /**
   * The tiles of a single statistic in one partition. They are added up by {@code tasks} tasks
   * before they meet: a large Gram matrix of many shares would keep one busy for long.
   */
  public static JavaPairRDD<TileKey, Tile> ofOne(JavaPairRDD<TileKey, Tile> partials, int tasks) {
    return reduced(partials, new HashPartitioner(tasks)).coalesce(1, true);
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

package io.gramian.spark.calibrate;

import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.TileKey;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;

/** One partition a statistic: all its tiles meet in one task, and no other's do. */
final class StatisticPartitioner extends Partitioner implements Serializable {

  private static final long serialVersionUID = 1L;

  private final HashMap<StatisticKey, Integer> partitions;

  StatisticPartitioner(List<StatisticKey> keys) {
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
    return other instanceof StatisticPartitioner that && same(that.partitions);
  }

  private boolean same(Map<StatisticKey, Integer> others) {
    return partitions.equals(others);
  }

  @Override
  public int hashCode() {
    return partitions.hashCode();
  }
}

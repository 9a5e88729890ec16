package io.gramian.spark.wave;

import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;

/**
 * One wave of a calibration, to be run: whoever computes {@code partials} has the hidden states
 * behind the wave stored on the way.
 *
 * @param firstBlock index of its first block
 * @param endBlock index of its last block plus one
 * @param statistics what its blocks have
 * @param partials every task's share of every tile
 */
public record WaveJob(
    int firstBlock,
    int endBlock,
    List<StatisticKey> statistics,
    JavaPairRDD<TileKey, Tile> partials) {

  public WaveJob {
    statistics = List.copyOf(statistics);
  }

  /** Runs the job of a wave. */
  @FunctionalInterface
  public interface Runner {

    /** Computes {@code wave.partials()}, once. */
    void run(WaveJob wave);
  }
}

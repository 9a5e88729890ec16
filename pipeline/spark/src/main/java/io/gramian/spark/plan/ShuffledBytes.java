package io.gramian.spark.plan;

import io.gramian.compress.statistics.StatisticSize;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.wave.TileReduction;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Bytes that a calibration moves between tasks: every task sends its share of every statistic once,
 * 10 bytes a sum. What is stored between waves is not among them.
 */
public final class ShuffledBytes {

  private ShuffledBytes() {}

  /** What one task sends of one block. */
  public static long of(ResidualBlock block, StatisticsChoice choice) {
    return StatisticSize.of(block).stream()
        .filter(size -> choice.includes(size.site()))
        .mapToLong(StatisticSize::wireBytes)
        .sum();
  }

  /** What one task sends of the largest block of each kind of mixer. */
  public static SortedMap<String, Long> byMixer(DecoderSpec spec, StatisticsChoice choice) {
    SortedMap<String, Long> largest = new TreeMap<>();
    spec.blocks()
        .forEach(block -> largest.merge(block.mixer().kind(), of(block, choice), Math::max));
    return largest;
  }

  /**
   * What a calibration moves for a whole decoder: every task's share, and where there are many
   * tasks the sum once more, on its way to who writes it.
   */
  public static long of(DecoderSpec spec, StatisticsChoice choice, int tasks) {
    long share = spec.blocks().stream().mapToLong(block -> of(block, choice)).sum();
    return (tasks + TileReduction.rounds(tasks) - 1) * share;
  }
}

package io.gramian.spark.wave;

import io.gramian.compress.statistics.StatisticSize;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import java.util.ArrayList;
import java.util.List;

/** Cuts a decoder's blocks into waves that fit in memory. */
public final class WavePlan {

  private WavePlan() {}

  /** Waves of as many consecutive layers as fit, with all statistics. */
  public static List<BlockWave> of(DecoderSpec spec, WaveLimits limits) {
    return of(spec.blocks(), limits, StatisticsChoice.ALL);
  }

  /**
   * The same of the blocks that are left, with the chosen statistics.
   *
   * @param blocks whole layers, at least one
   */
  public static List<BlockWave> of(
      List<ResidualBlock> blocks, WaveLimits limits, StatisticsChoice choice) {
    List<BlockWave> waves = new ArrayList<>();
    List<ResidualBlock> current = new ArrayList<>();
    long weights = 0;
    long tiles = 0;
    for (List<ResidualBlock> layer : layers(blocks)) {
      long layerWeights = weightBytes(layer);
      long layerTiles = tileBytes(layer, choice);
      boolean full =
          weights + layerWeights > limits.weightBytes() || tiles + layerTiles > limits.tileBytes();
      if (!current.isEmpty() && full) {
        waves.add(new BlockWave(waves.size(), current, choice));
        current = new ArrayList<>();
        weights = 0;
        tiles = 0;
      }
      current.addAll(layer);
      weights += layerWeights;
      tiles += layerTiles;
    }
    waves.add(new BlockWave(waves.size(), current, choice));
    return waves;
  }

  private static List<List<ResidualBlock>> layers(List<ResidualBlock> blocks) {
    List<List<ResidualBlock>> layers = new ArrayList<>();
    int layerIndex = -1;
    for (ResidualBlock block : blocks) {
      if (block.layerIndex() != layerIndex) {
        layers.add(new ArrayList<>());
        layerIndex = block.layerIndex();
      }
      layers.get(layers.size() - 1).add(block);
    }
    return layers;
  }

  /** What the weights of some blocks take in an executor, F32. */
  public static long weightBytes(List<ResidualBlock> blocks) {
    return blocks.stream().mapToLong(block -> Float.BYTES * block.parameterCount()).sum();
  }

  /** What the chosen partial sums of some blocks take in a task. */
  public static long tileBytes(List<ResidualBlock> blocks, StatisticsChoice choice) {
    return blocks.stream()
        .flatMap(block -> StatisticSize.of(block).stream())
        .filter(size -> choice.includes(size.site()))
        .mapToLong(StatisticSize::heapBytes)
        .sum();
  }
}

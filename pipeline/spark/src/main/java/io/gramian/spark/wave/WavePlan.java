package io.gramian.spark.wave;

import io.gramian.compress.statistics.StatisticSize;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import java.util.ArrayList;
import java.util.List;

/** Cuts a decoder's blocks into waves that fit in memory. */
public final class WavePlan {

  private WavePlan() {}

  /** Waves of as many consecutive layers as fit. */
  public static List<BlockWave> of(DecoderSpec spec, WaveLimits limits) {
    return of(spec.blocks(), limits);
  }

  /**
   * The same of the blocks that are left.
   *
   * @param blocks whole layers, at least one
   */
  static List<BlockWave> of(List<ResidualBlock> blocks, WaveLimits limits) {
    List<BlockWave> waves = new ArrayList<>();
    List<ResidualBlock> current = new ArrayList<>();
    long weights = 0;
    long tiles = 0;
    for (List<ResidualBlock> layer : layers(blocks)) {
      long layerWeights = weightBytes(layer);
      long layerTiles = tileBytes(layer);
      boolean full =
          weights + layerWeights > limits.weightBytes() || tiles + layerTiles > limits.tileBytes();
      if (!current.isEmpty() && full) {
        waves.add(new BlockWave(waves.size(), current));
        current = new ArrayList<>();
        weights = 0;
        tiles = 0;
      }
      current.addAll(layer);
      weights += layerWeights;
      tiles += layerTiles;
    }
    waves.add(new BlockWave(waves.size(), current));
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

  /** What the partial sums of some blocks take in a task. */
  public static long tileBytes(List<ResidualBlock> blocks) {
    return blocks.stream()
        .flatMap(block -> StatisticSize.of(block).stream())
        .mapToLong(StatisticSize::heapBytes)
        .sum();
  }
}

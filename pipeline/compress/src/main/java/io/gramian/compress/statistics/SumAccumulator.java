package io.gramian.compress.statistics;

import io.gramian.compress.tensor.Tensors;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Symmetric matrices that the forward pass has already summed over a batch's tokens: one tile a
 * matrix (head or group).
 */
final class SumAccumulator {

  private final StatisticKey key;
  private final Map<TileKey, Tile> tiles = new TreeMap<>();

  SumAccumulator(StatisticKey key) {
    this.key = key;
  }

  /** {@code sums [matrices, n, n]} over {@code tokens}. */
  void add(Tensor sums, long tokens) {
    int size = (int) sums.size(1);
    for (int index = 0; index < sums.size(0); index++) {
      tiles
          .computeIfAbsent(
              new TileKey(key.blockIndex(), key.site(), index, 0), k -> Tile.zeros(size, size))
          .add(Tensors.doubles(sums.select(0, index)), tokens);
    }
  }

  Map<TileKey, Tile> tiles() {
    return tiles;
  }
}

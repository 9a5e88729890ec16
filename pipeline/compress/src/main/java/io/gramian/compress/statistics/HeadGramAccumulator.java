package io.gramian.compress.statistics;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code G_j = sum x_j x_j'} over tokens for every head {@code j}, {@code x_j [d]}: one tile a
 * head. Costs {@code 2 H d^2} operations a token, in F64.
 */
final class HeadGramAccumulator implements Accumulator {

  private final StatisticKey key;
  private final Map<TileKey, Tile> tiles = new TreeMap<>();

  HeadGramAccumulator(StatisticKey key) {
    this.key = key;
  }

  /** {@code x [tokens, H, d]}. */
  @Override
  public void add(Tensor x) {
    for (int head = 0; head < x.size(1); head++) {
      int index = head;
      int size = (int) x.size(2);
      double[] gram = Scopes.compute(() -> Tensors.doubles(gram(x.select(1, index))));
      tiles
          .computeIfAbsent(
              new TileKey(key.blockIndex(), key.site(), head, 0), k -> Tile.zeros(size, size))
          .add(gram, x.size(0));
    }
  }

  private static Tensor gram(Tensor x) {
    Tensor exact = Tensors.toDouble(x).contiguous();
    return exact.t().mm(exact);
  }

  @Override
  public Map<TileKey, Tile> tiles() {
    return tiles;
  }
}

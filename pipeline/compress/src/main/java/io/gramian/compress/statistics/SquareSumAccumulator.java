package io.gramian.compress.statistics;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code sum x_ji^2} over tokens for every head {@code j} and channel {@code i}: one tile {@code
 * [H, d]}, in F64.
 */
final class SquareSumAccumulator implements Accumulator {

  private final TileKey key;
  private Tile tile;

  SquareSumAccumulator(StatisticKey key) {
    this.key = new TileKey(key.blockIndex(), key.site(), 0, 0);
  }

  /** {@code x [tokens, H, d]}. */
  @Override
  public void add(Tensor x) {
    if (tile == null) {
      tile = Tile.zeros((int) x.size(1), (int) x.size(2));
    }
    double[] squares = Scopes.compute(() -> Tensors.doubles(Tensors.toDouble(x).square().sum(0L)));
    tile.add(squares, x.size(0));
  }

  @Override
  public Map<TileKey, Tile> tiles() {
    return tile == null ? Map.of() : Map.of(key, tile);
  }
}

package io.gramian.compress.statistics;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.SymmetricProduct;
import io.gramian.compress.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code G = sum x x'} over tokens, {@code x [n]}, kept as the tiles on and above the diagonal.
 *
 * <p>Products are in F64 on one thread: with lambda = 1 the ridge leverage needs the small
 * eigenvalues of a matrix whose largest is a million times as big, which F32 sums would drown.
 * Costs {@code n (n + 1)} operations a token, half of a full product, and {@code 8 n^2} bytes of
 * sums.
 */
final class GramAccumulator implements Accumulator {

  /** Edge of a tile. Part of the file format: statistics merge only with equal tiles. */
  static final int TILE = 512;

  private final StatisticKey key;
  private final int size;
  private final Map<TileKey, Tile> tiles = new TreeMap<>();

  GramAccumulator(StatisticKey key, int size) {
    this.key = key;
    this.size = size;
  }

  /** Nothing is allocated for a task that has no sequence. */
  private void allocate() {
    for (int row = 0; row * TILE < size; row++) {
      for (int column = row; column * TILE < size; column++) {
        tiles.put(tileKey(row, column), Tile.zeros(extent(row), extent(column)));
      }
    }
  }

  private TileKey tileKey(int row, int column) {
    return new TileKey(key.blockIndex(), key.site(), row, column);
  }

  private int extent(int strip) {
    return Math.min(TILE, size - strip * TILE);
  }

  /** {@code x [tokens, n]}. */
  @Override
  public void add(Tensor x) {
    if (tiles.isEmpty()) {
      allocate();
    }
    Scopes.compute(
        () -> {
          List<Tensor> strips = strips(x);
          tiles.forEach((place, tile) -> addProduct(strips, place, tile));
          return null;
        });
  }

  private List<Tensor> strips(Tensor x) {
    List<Tensor> strips = new ArrayList<>();
    for (int from = 0; from < size; from += TILE) {
      Tensor strip = Tensors.range(x, 1, from, Math.min(from + TILE, size));
      strips.add(Tensors.toDouble(strip).contiguous());
    }
    return strips;
  }

  private static void addProduct(List<Tensor> strips, TileKey place, Tile tile) {
    Tensor left = strips.get(place.row());
    Tensor right = strips.get(place.column());
    boolean diagonal = place.row() == place.column();
    try (PointerScope scope = new PointerScope()) {
      Tensor product = diagonal ? SymmetricProduct.of(left) : left.t().mm(right);
      tile.add(Tensors.buffer(product), left.size(0));
    }
  }

  @Override
  public Map<TileKey, Tile> tiles() {
    return tiles;
  }
}

package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import io.gramian.compress.tensor.Tensors;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * One reduced statistic: the tiles of a site of a block, and how many tokens they saw.
 *
 * <p>{@code G} and the token count are what is stored; the correlation of algorithms.md section 1
 * is {@code C = G * T / tokens} with {@code T} the nominal sequence length, so that full sequences
 * give the paper's {@code (1/S) sum_i X_i'X_i} and padding shifts nothing.
 */
public final class Statistic {

  private final StatisticKey key;
  private final TreeMap<TileKey, Tile> tiles;
  private final int sequenceLength;

  /**
   * Puts a statistic together.
   *
   * @param tiles at least one, all with the same number of tokens
   * @param sequenceLength {@code T}, the calibration set's nominal sequence length
   */
  public Statistic(StatisticKey key, Map<TileKey, Tile> tiles, int sequenceLength) {
    this.key = key;
    this.tiles = new TreeMap<>(tiles);
    this.sequenceLength = sequenceLength;
    if (this.tiles.values().stream().mapToLong(Tile::tokens).distinct().count() != 1) {
      throw new IllegalArgumentException(key + " needs tiles over one and the same set of tokens");
    }
  }

  /** The statistics of one block, from all its tiles. */
  public static Map<Site, Statistic> bySite(Map<TileKey, Tile> tiles, int sequenceLength) {
    Map<StatisticKey, Map<TileKey, Tile>> groups = new TreeMap<>();
    tiles.forEach(
        (place, tile) ->
            groups.computeIfAbsent(place.statistic(), key -> new TreeMap<>()).put(place, tile));
    Map<Site, Statistic> statistics = new EnumMap<>(Site.class);
    groups.forEach(
        (key, own) -> statistics.put(key.site(), new Statistic(key, own, sequenceLength)));
    return statistics;
  }

  public StatisticKey key() {
    return key;
  }

  public Map<TileKey, Tile> tiles() {
    return Map.copyOf(tiles);
  }

  public int sequenceLength() {
    return sequenceLength;
  }

  /** Tokens summed over. */
  public long tokens() {
    return tiles.firstEntry().getValue().tokens();
  }

  /** {@code T / tokens}: what turns {@code G} into {@code C}. */
  public double correlationScale() {
    return (double) sequenceLength / tokens();
  }

  /** Number of tiles in the first column: heads of a per-head statistic. */
  public int heads() {
    return (int) tiles.keySet().stream().filter(place -> place.column() == 0).count();
  }

  /** The sums of one head's tile, row-major. */
  public double[] head(int head) {
    return tiles.get(new TileKey(key.blockIndex(), key.site(), head, 0)).sum().toDoubles();
  }

  /** The sums of a statistic that is one tile, row-major. */
  public double[] values() {
    return head(0);
  }

  /** {@code C [n, n]}, F64, from the tiles on and above the diagonal. */
  public Tensor correlation() {
    int size = diagonalSize();
    Tensor full = Tensors.zerosDouble(size, size);
    tiles.forEach((place, tile) -> put(full, place, tile));
    return full.mul_(new org.bytedeco.pytorch.Scalar(correlationScale()));
  }

  private static void put(Tensor full, TileKey place, Tile tile) {
    Tensor part = Tensor.create(tile.sum().toDoubles(), tile.rows(), tile.columns());
    block(full, place.row(), place.column(), tile.rows(), tile.columns()).copy_(part);
    if (place.row() != place.column()) {
      block(full, place.column(), place.row(), tile.columns(), tile.rows()).copy_(part.t());
    }
  }

  private static Tensor block(Tensor full, int row, int column, int rows, int columns) {
    long top = (long) row * GramAccumulator.TILE;
    long left = (long) column * GramAccumulator.TILE;
    return full.narrow(0, top, rows).narrow(1, left, columns);
  }

  /** {@code diag(C) [n]}, without forming the matrix. */
  public double[] correlationDiagonal() {
    double[] diagonal = new double[diagonalSize()];
    tiles.forEach(
        (place, tile) -> {
          if (place.row() == place.column()) {
            double[] values = tile.sum().toDoubles();
            int at = place.row() * GramAccumulator.TILE;
            for (int i = 0; i < tile.rows(); i++) {
              diagonal[at + i] = values[i * tile.columns() + i] * correlationScale();
            }
          }
        });
    return diagonal;
  }

  private int diagonalSize() {
    return tiles.entrySet().stream()
        .filter(entry -> entry.getKey().row() == entry.getKey().column())
        .mapToInt(entry -> entry.getValue().rows())
        .sum();
  }
}

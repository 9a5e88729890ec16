package io.gramian.compress.statistics;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.List;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Fills {@code C [n, n]} from tiles on and above the diagonal, one tile after the other and one
 * strip of tiles after the other. Every tile is asked for once.
 *
 * <p>The lower half is the mirror image of the upper one, so the matrix is symmetric to the bit
 * even where a factor's kernel adds up {@code (i, j)} and {@code (j, i)} in different orders.
 */
final class CorrelationMatrix {

  private final StatisticTiles tiles;
  private final SortedMap<TileKey, List<Long>> shapes;
  private final int size;

  CorrelationMatrix(StatisticTiles tiles) {
    this.tiles = tiles;
    this.shapes = tiles.shapes();
    this.size = shapes.keySet().stream().filter(this::onDiagonal).mapToInt(this::rows).sum();
    requireAll();
  }

  private boolean onDiagonal(TileKey place) {
    return place.row() == place.column();
  }

  private int rows(TileKey place) {
    return Math.toIntExact(shapes.get(place).get(0));
  }

  private int strips() {
    return (size + GramAccumulator.TILE - 1) / GramAccumulator.TILE;
  }

  /** A tile that is missing would leave its place in the matrix to chance. */
  private void requireAll() {
    for (int row = 0; row < strips(); row++) {
      for (int column = row; column < strips(); column++) {
        if (!shapes.containsKey(place(row, column))) {
          throw new UserException(
              "%s: tile %d.%d of a Gram matrix of %d channels is missing: run calibrate again"
                  .formatted(tiles.key().label(), row, column, size));
        }
      }
    }
  }

  private TileKey place(int row, int column) {
    return new TileKey(tiles.key().blockIndex(), tiles.key().site(), row, column);
  }

  Tensor formed() {
    Tensor full = Tensors.emptyDouble(size, size);
    for (int row = 0; row < strips(); row++) {
      fill(full, row, tile -> tile);
    }
    return full;
  }

  Tensor times(StripFactor factor) {
    Tensor full = Tensors.emptyDouble(size, size);
    for (int row = 0; row < strips(); row++) {
      int strip = row;
      int from = row * GramAccumulator.TILE;
      Scopes.compute(
          () -> {
            Tensor factors = factor.strip(from, Math.min(from + GramAccumulator.TILE, size));
            fill(full, strip, new Multiplied(factors)::next);
            return null;
          });
    }
    return full;
  }

  /** Takes the columns of a strip of factors as they come. */
  private static final class Multiplied {

    private final Tensor factors;
    private long at;

    Multiplied(Tensor factors) {
      this.factors = factors;
    }

    Tensor next(Tensor tile) {
      Tensor own = factors.narrow(1, at, tile.size(1));
      at += tile.size(1);
      // Row-major first: multiplying across strides takes twice as long as this copy and product.
      return tile.mul_(own.contiguous());
    }
  }

  private void fill(Tensor full, int row, UnaryOperator<Tensor> change) {
    for (int column = row; column < strips(); column++) {
      TileKey place = place(row, column);
      Scopes.compute(
          () -> {
            put(full, place, change.apply(scaled(tiles.tile(place))));
            return null;
          });
    }
  }

  private Tensor scaled(Tile tile) {
    return Tensor.create(tile.sum().toDoubles(), tile.rows(), tile.columns())
        .mul_(new Scalar(tiles.correlationScale()));
  }

  private void put(Tensor full, TileKey place, Tensor part) {
    Tensor above = block(full, place.row(), place.column(), part);
    if (onDiagonal(place)) {
      above.copy_(part.triu().add_(part.triu(1).t()));
    } else {
      above.copy_(part);
      block(full, place.column(), place.row(), part.t()).copy_(part.t());
    }
  }

  private static Tensor block(Tensor full, int row, int column, Tensor like) {
    long top = (long) row * GramAccumulator.TILE;
    long left = (long) column * GramAccumulator.TILE;
    return full.narrow(0, top, like.size(0)).narrow(1, left, like.size(1));
  }

  double[] diagonal() {
    double[] diagonal = new double[size];
    double scale = tiles.correlationScale();
    for (int row = 0; row < strips(); row++) {
      Tile tile = tiles.tile(place(row, row));
      double[] values = tile.sum().toDoubles();
      for (int i = 0; i < tile.rows(); i++) {
        diagonal[row * GramAccumulator.TILE + i] = values[i * tile.columns() + i] * scale;
      }
    }
    return diagonal;
  }
}

package io.gramian.compress.statistics;

import java.io.Serializable;
import java.nio.DoubleBuffer;

/**
 * A rectangle of a statistic: {@code rows x columns} exact sums in row-major order, and the number
 * of tokens summed over.
 */
public final class Tile implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int rows;
  private final int columns;
  private final FixedPointSum sum;
  private long tokens;

  /**
   * A tile with its sums.
   *
   * @throws IllegalArgumentException if there are not {@code rows * columns} of them
   */
  public Tile(int rows, int columns, FixedPointSum sum, long tokens) {
    if (sum.length() != Math.multiplyExact(rows, columns)) {
      throw new IllegalArgumentException(
          sum.length() + " sums for a tile of " + rows + " x " + columns);
    }
    this.rows = rows;
    this.columns = columns;
    this.sum = sum;
    this.tokens = tokens;
  }

  /** A tile of zeros that saw no token. */
  public static Tile zeros(int rows, int columns) {
    return new Tile(rows, columns, FixedPointSum.zeros(Math.multiplyExact(rows, columns)), 0);
  }

  /** Adds a partial result over {@code partTokens} further tokens. */
  public void add(double[] terms, long partTokens) {
    sum.add(terms);
    tokens += partTokens;
  }

  /** The same with terms that may be in native memory. */
  void add(DoubleBuffer terms, long partTokens) {
    sum.add(terms);
    tokens += partTokens;
  }

  /** Adds another tile of the same place; returns this one. */
  public Tile merge(Tile other) {
    sum.merge(other.sum);
    tokens += other.tokens;
    return this;
  }

  /**
   * Both together, exactly.
   *
   * @throws ArithmeticException if a sum leaves the range
   * @throws IllegalArgumentException if the tiles are of different sizes
   */
  public Tile plus(Tile other) {
    requireSameSize(other);
    return new Tile(rows, columns, sum.plus(other.sum), Math.addExact(tokens, other.tokens));
  }

  /**
   * This one without another, exactly: undoes {@link #plus}.
   *
   * @throws ArithmeticException if a difference leaves the range
   * @throws IllegalArgumentException if the tiles are of different sizes
   */
  public Tile minus(Tile other) {
    requireSameSize(other);
    return new Tile(rows, columns, sum.minus(other.sum), Math.subtractExact(tokens, other.tokens));
  }

  /**
   * Sums and tokens times a weight, each rounded once: see {@link FixedPointSum#times} and {@link
   * Weight#of}.
   *
   * @throws ArithmeticException if a product leaves the range
   */
  public Tile times(Weight weight) {
    return new Tile(rows, columns, sum.times(weight), weight.of(tokens));
  }

  /**
   * The least of the sums that are of squares, for a tile on the diagonal: of a square one those on
   * its diagonal, of another all.
   */
  double leastSquare() {
    double[] values = sum.toDoubles();
    int step = rows == columns ? columns + 1 : 1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < values.length; i += step) {
      least = Math.min(least, values[i]);
    }
    return least;
  }

  private void requireSameSize(Tile other) {
    if (rows != other.rows || columns != other.columns) {
      throw new IllegalArgumentException(
          "tiles of " + rows + " x " + columns + " and " + other.rows + " x " + other.columns);
    }
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  public long tokens() {
    return tokens;
  }

  public FixedPointSum sum() {
    return sum;
  }
}

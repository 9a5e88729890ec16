package io.gramian.compress.statistics;

import java.io.Serializable;

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

  /** Adds another tile of the same place; returns this one. */
  public Tile merge(Tile other) {
    sum.merge(other.sum);
    tokens += other.tokens;
    return this;
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

package io.gramian.compress;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** A matrix as plain loops in F64: the slow oracle behind the fast paths. */
public final class DenseMatrix {

  private final int rows;
  private final int columns;
  private final double[] values;

  private DenseMatrix(int rows, int columns, double[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /** Row-major values, not copied. */
  public static DenseMatrix of(int rows, int columns, double[] values) {
    if (values.length != rows * columns) {
      throw new IllegalArgumentException(values.length + " for " + rows + " x " + columns);
    }
    return new DenseMatrix(rows, columns, values);
  }

  public static DenseMatrix random(Random random, int rows, int columns) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return of(rows, columns, values);
  }

  public static DenseMatrix identity(int size) {
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return of(size, size, values);
  }

  public double get(int row, int column) {
    return values[row * columns + column];
  }

  /** Row-major, a copy. */
  public double[] toArray() {
    return values.clone();
  }

  public Tensor toTensor() {
    return Tensor.create(values, rows, columns);
  }

  public DenseMatrix times(DenseMatrix other) {
    double[] product = new double[rows * other.columns];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        for (int j = 0; j < other.columns; j++) {
          product[i * other.columns + j] += get(i, k) * other.get(k, j);
        }
      }
    }
    return of(rows, other.columns, product);
  }

  public DenseMatrix transposed() {
    double[] turned = new double[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = get(i, j);
      }
    }
    return of(columns, rows, turned);
  }

  public DenseMatrix plus(DenseMatrix other, double factor) {
    double[] sum = values.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * other.values[i];
    }
    return of(rows, columns, sum);
  }

  public DenseMatrix map(DoubleUnaryOperator operator) {
    double[] mapped = new double[values.length];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = operator.applyAsDouble(values[i]);
    }
    return of(rows, columns, mapped);
  }

  /** With all but the first {@code kept} columns set to zero. */
  public DenseMatrix firstColumns(int kept) {
    double[] cut = values.clone();
    for (int i = 0; i < cut.length; i++) {
      cut[i] = i % columns < kept ? cut[i] : 0;
    }
    return of(rows, columns, cut);
  }

  /** Frobenius norm. */
  public double norm() {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  /** Gauss-Jordan with partial pivoting. */
  public DenseMatrix inverse() {
    double[][] left = new double[rows][2 * rows];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(values, i * columns, left[i], 0, columns);
      left[i][rows + i] = 1;
    }
    for (int pivot = 0; pivot < rows; pivot++) {
      eliminate(left, pivot);
    }
    double[] inverse = new double[rows * rows];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(left[i], rows, inverse, i * rows, rows);
    }
    return of(rows, rows, inverse);
  }

  private static void eliminate(double[][] left, int pivot) {
    int best = pivot;
    for (int i = pivot; i < left.length; i++) {
      best = Math.abs(left[i][pivot]) > Math.abs(left[best][pivot]) ? i : best;
    }
    double[] row = left[best];
    left[best] = left[pivot];
    left[pivot] = row;
    double divisor = row[pivot];
    for (int j = 0; j < row.length; j++) {
      row[j] /= divisor;
    }
    for (int i = 0; i < left.length; i++) {
      double factor = i == pivot ? 0 : left[i][pivot];
      for (int j = 0; j < row.length; j++) {
        left[i][j] -= factor * row[j];
      }
    }
  }
}

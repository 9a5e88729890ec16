package io.gramian.compress.sort;

/** A symmetric matrix in an array, row-major. */
final class ArrayMatrix implements SymmetricMatrix {

  private final double[] values;
  private final int size;

  ArrayMatrix(double[] values, int size) {
    this.values = values;
    this.size = size;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public double diagonal(int index) {
    return values[index * size + index];
  }

  @Override
  public void copyRow(int index, double[] row) {
    System.arraycopy(values, index * size, row, 0, size);
  }
}

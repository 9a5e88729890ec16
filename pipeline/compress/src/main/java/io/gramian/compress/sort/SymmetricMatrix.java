package io.gramian.compress.sort;

/** A symmetric matrix that is read a row at a time, so that it may live in native memory. */
interface SymmetricMatrix {

  int size();

  /** Element {@code (index, index)}. */
  double diagonal(int index);

  /** Copies row {@code index} into {@code row [size]}. */
  void copyRow(int index, double[] row);
}

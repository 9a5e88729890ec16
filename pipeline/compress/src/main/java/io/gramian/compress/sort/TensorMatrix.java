package io.gramian.compress.sort;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Tensor;

/** A contiguous F64 tensor {@code [n, n]} as a matrix of rows; the tensor must outlive it. */
final class TensorMatrix implements SymmetricMatrix {

  private final DoublePointer data;
  private final int size;

  TensorMatrix(Tensor tensor) {
    data = tensor.data_ptr_double();
    size = (int) tensor.size(0);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public double diagonal(int index) {
    return data.get((long) index * (size + 1));
  }

  @Override
  public void copyRow(int index, double[] row) {
    data.position((long) index * size).get(row);
    data.position(0);
  }
}

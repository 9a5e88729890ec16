package io.gramian.compress.sort;

import io.gramian.compress.tensor.Tensors;
import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;

/**
 * A change of basis of one KV head's values: {@code W_v' = W_v B}, {@code W_o' = B^-1 W_o} in the
 * paper's row-vector notation. Plain arrays, so that it can travel.
 */
public final class Rotation implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int kvHead;
  private final int size;
  private final double[] basis;
  private final double[] inverse;
  private final double[] singularValues;

  /**
   * Copies a rotation out of native memory.
   *
   * @param basis {@code B [d, d]}
   * @param inverse {@code B^-1 [d, d]}
   * @param singularValues {@code [d]}, descending
   */
  Rotation(int kvHead, Tensor basis, Tensor inverse, Tensor singularValues) {
    this.kvHead = kvHead;
    this.size = (int) basis.size(0);
    this.basis = Tensors.doubles(basis);
    this.inverse = Tensors.doubles(inverse);
    this.singularValues = Tensors.doubles(singularValues);
  }

  int kvHead() {
    return kvHead;
  }

  /** {@code d}. */
  int size() {
    return size;
  }

  /** {@code B [d, d]}, F64. */
  Tensor basis() {
    return Tensor.create(basis, size, size);
  }

  /** {@code B^-1 [d, d]}, F64. */
  Tensor inverse() {
    return Tensor.create(inverse, size, size);
  }

  /** {@code [d]}, descending. */
  double[] singularValues() {
    return singularValues.clone();
  }
}

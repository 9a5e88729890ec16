package io.gramian.compress.tensor;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code L^-1} of a symmetric positive definite {@code A = L L'}, {@code L} lower triangular, made
 * by LAPACK in the place of {@code A}: {@code 2/3 n^3} operations and no further matrix, where
 * libtorch's own calls keep two.
 */
public final class InverseCholesky {

  /** LAPACK's lower half by columns is our upper half by rows. */
  private static final byte LOWER = 'L';

  private static final byte GENERAL_DIAGONAL = 'N';

  private InverseCholesky() {}

  /**
   * Puts the transpose of {@code L^-1} on and above the diagonal; what stands below stays as it is.
   *
   * @param matrix {@code A [n, n]}, F64, contiguous; what stands below its diagonal is not looked
   *     at
   * @return whether {@code A} is positive definite; if not, its upper half and diagonal are lost
   */
  public static boolean inPlaceOf(Tensor matrix) {
    int size = (int) matrix.size(0);
    DoublePointer data = matrix.data_ptr_double();
    int order = openblas_full.LAPACK_COL_MAJOR;
    return openblas_full.LAPACKE_dpotrf(order, LOWER, size, data, size) == 0
        && openblas_full.LAPACKE_dtrtri(order, LOWER, GENERAL_DIAGONAL, size, data, size) == 0;
  }
}

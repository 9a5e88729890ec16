package io.gramian.compress.tensor;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code x' x}, of which only one half is computed.
 *
 * <p>libtorch has no such product: its matrix product does the work twice, and with some
 * processors' kernels adds {@code (i, j)} and {@code (j, i)} up in different orders. OpenBLAS,
 * which libtorch multiplies with too, has one: {@code dsyrk}.
 */
public final class SymmetricProduct {

  private SymmetricProduct() {}

  /**
   * The product with both triangles, the lower a mirror of the upper: exactly symmetric. Costs
   * {@code m n (n + 1)} operations.
   *
   * @param x contiguous F64 {@code [m, n]}
   * @return F64 {@code [n, n]}
   */
  public static Tensor of(Tensor x) {
    return Scopes.keep(
        () -> {
          int n = size(x, 1);
          return mirrored(update(Tensors.zerosDouble(n, n), x, 0));
        });
  }

  /**
   * {@code sum += x' x} on and above the diagonal; see {@link #mirrored} for the rest. For sums of
   * many products, of which there is then one at a time and no other matrix.
   *
   * @param sum contiguous F64 {@code [n, n]}, changed
   * @param x contiguous F64 {@code [m, n]}
   * @return {@code sum}
   */
  public static Tensor addTo(Tensor sum, Tensor x) {
    return update(sum, x, 1);
  }

  /**
   * Completes what is computed on and above the diagonal only: exactly symmetric.
   *
   * @param upper F64 {@code [n, n]} with zeros below the diagonal, changed
   * @return {@code upper}
   */
  public static Tensor mirrored(Tensor upper) {
    return upper.add_(upper.triu(1).t());
  }

  private static Tensor update(Tensor sum, Tensor x, double kept) {
    int n = size(x, 1);
    openblas_full.cblas_dsyrk(
        openblas_full.CblasRowMajor,
        openblas_full.CblasUpper,
        openblas_full.CblasTrans,
        n,
        size(x, 0),
        1,
        new DoublePointer(x.data_ptr()),
        n,
        kept,
        new DoublePointer(sum.data_ptr()),
        n);
    return sum;
  }

  private static int size(Tensor x, int axis) {
    return Math.toIntExact(x.size(axis));
  }
}

package io.gramian.compress.tensor;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

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
          Tensor upper = upper(x);
          return upper.add_(upper.triu(1).t());
        });
  }

  private static Tensor upper(Tensor x) {
    int m = Math.toIntExact(x.size(0));
    int n = Math.toIntExact(x.size(1));
    Tensor product = torch.zeros(new long[] {n, n}, new TensorOptions(torch.ScalarType.Double));
    openblas_full.cblas_dsyrk(
        openblas_full.CblasRowMajor,
        openblas_full.CblasUpper,
        openblas_full.CblasTrans,
        n,
        m,
        1,
        new DoublePointer(x.data_ptr()),
        n,
        0,
        new DoublePointer(product.data_ptr()),
        n);
    return product;
  }
}

package io.gramian.compress.sort;

import io.gramian.compress.statistics.StatisticTiles;
import io.gramian.compress.tensor.Scopes;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code M = C o (W' W) [n, n]}: {@code 1' M_RR 1} is the error that a block's output takes from
 * dropping the channels {@code R} of the input of its last map {@code W [h, n]}.
 */
final class ErrorMatrix {

  private ErrorMatrix() {}

  /**
   * The matrix in native memory of the enclosing scope, F64, exactly symmetric.
   *
   * <p>Native: {@code 8 n^2} bytes of matrix, {@code 4 h n} of transposed weights while it is
   * filled, and {@code 2048 n} of products; heap: one tile, at most 6 MiB.
   *
   * @param correlation tiles of {@code C [n, n]}
   * @param output {@code W [h, n]}
   */
  static SymmetricMatrix of(StatisticTiles correlation, Tensor output) {
    return new TensorMatrix(
        Scopes.keep(() -> correlation.correlationTimes(new OutputGram(output))));
  }
}

package io.gramian.compress.quantize;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.tensor.InverseCholesky;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Finds the upper triangular {@code U} with {@code H^-1 = U'U}.
 *
 * <p>Factorising {@code H} from its last column to its first, {@code H = R R'} with {@code R} upper
 * triangular, gives {@code U = R^-1}: one Cholesky factorisation and one triangular inverse, {@code
 * 2/3 n^3} operations in F64, and no inverse of {@code H}. Both are made in the upper half of
 * {@code H}, reversed; from the lower half it can be made good if the factorisation fails. So it
 * takes one more matrix of its size, and that only while {@code H} is reversed.
 *
 * <p>A fraction of the diagonal's mean (over channels that are not dead) is added to the diagonal:
 * calibration sets of fewer tokens than channels leave {@code H} singular.
 */
final class InverseFactorisation {

  private static final int ATTEMPTS = 5;

  private final String label;

  /** For the inputs that {@code label} names. */
  InverseFactorisation(String label) {
    this.label = label;
  }

  /** Factorises {@code hessian [n, n]}, symmetric, F64; it is overwritten. */
  GptqFactor of(Tensor hessian) {
    double[] diagonal = Tensors.doubles(hessian.diagonal(0, 0, 1));
    requireFinite(hessian);
    List<Integer> dead = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i < diagonal.length; i++) {
      sum += diagonal[i];
      if (diagonal[i] == 0) {
        dead.add(i);
      }
    }
    int alive = diagonal.length - dead.size();
    Scopes.compute(() -> hessian.copy_(hessian.flip(0, 1)));
    return damped(hessian, alive == 0 ? 1 : sum / alive, dead);
  }

  private void requireFinite(Tensor hessian) {
    double largest = hessian.max().item_double();
    double least = hessian.min().item_double();
    if (!Double.isFinite(largest) || !Double.isFinite(least)) {
      throw new UserException(
          label
              + ": the Hessian has values that are not finite: the checkpoint is damaged or its"
              + " training diverged");
    }
  }

  private GptqFactor damped(Tensor reversed, double mean, List<Integer> dead) {
    Tensor diagonal = reversed.diagonal(0, 0, 1);
    Tensor undamped = diagonal.clone();
    double damping = Recoveries.DAMPING;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++, damping *= 10) {
      diagonal.copy_(undamped.add(new Scalar(damping * mean)));
      if (InverseCholesky.inPlaceOf(reversed)) {
        return new GptqFactor(upper(reversed), new Recoveries(damping, dead));
      }
      Scopes.compute(() -> restore(reversed));
    }
    throw new UserException(
        String.format(
            Locale.ROOT,
            "%s: the Hessian is not positive definite, even with %.0f times its mean added to the"
                + " diagonal: calibrate on more text",
            label,
            damping / 10));
  }

  /** The upper half from the lower one; the diagonal is set anew anyway. */
  private static Tensor restore(Tensor symmetric) {
    Tensor lower = symmetric.tril(-1);
    return symmetric.copy_(lower.t()).add_(lower);
  }

  /**
   * {@code U_ij} stands at row {@code n - 1 - j}, column {@code n - 1 - i}: {@code U} is the
   * reversed inverse, which is there transposed.
   */
  private static double[][] upper(Tensor reversed) {
    int size = (int) reversed.size(0);
    DoublePointer data = reversed.data_ptr_double();
    double[][] upper = new double[size][];
    for (int i = 0; i < size; i++) {
      upper[i] = new double[size - i];
    }
    double[] row = new double[size];
    for (int j = 0; j < size; j++) {
      long diagonal = (long) (size - 1 - j) * (size + 1);
      data.position(diagonal).get(row, 0, j + 1);
      for (int i = 0; i <= j; i++) {
        upper[i][j - i] = row[j - i];
      }
    }
    return upper;
  }
}

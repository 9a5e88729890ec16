package io.gramian.compress.quantize;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Finds the upper triangular {@code U} with {@code H^-1 = U'U}.
 *
 * <p>Factorising {@code H} from its last column to its first, {@code H = R R'} with {@code R} upper
 * triangular, gives {@code U = R^-1}: one Cholesky factorisation and one triangular inverse, {@code
 * 4 n^3 / 3} operations in F64, and no inverse of {@code H}. Needs three more matrices of its size
 * while it runs.
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
    return damped(hessian, alive == 0 ? 1 : sum / alive, dead);
  }

  private void requireFinite(Tensor hessian) {
    if (!Double.isFinite(hessian.abs().max().item_double())) {
      throw new UserException(
          label
              + ": the Hessian has values that are not finite: the checkpoint is damaged or its"
              + " training diverged");
    }
  }

  private GptqFactor damped(Tensor hessian, double mean, List<Integer> dead) {
    double damping = Recoveries.DAMPING;
    double added = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++, damping *= 10) {
      hessian.diagonal(0, 0, 1).add_(new Scalar(damping * mean - added));
      added = damping * mean;
      Optional<double[][]> upper = Scopes.compute(() -> inverse(hessian));
      if (upper.isPresent()) {
        return new GptqFactor(upper.get(), new Recoveries(damping, dead));
      }
    }
    throw new UserException(
        String.format(
            Locale.ROOT,
            "%s: the Hessian is not positive definite, even with %.0f times its mean added to the"
                + " diagonal: calibrate on more text",
            label,
            damping / 10));
  }

  private static Optional<double[][]> inverse(Tensor hessian) {
    T_TensorTensor_T result = torch.linalg_cholesky_ex(hessian.flip(0, 1), false, false);
    if (result.get1().item_int() != 0) {
      return Optional.empty();
    }
    Tensor lower = result.get0();
    Tensor identity = torch.eye(lower.size(0), new TensorOptions(torch.ScalarType.Double));
    return Optional.of(
        reversed(torch.linalg_solve_triangular(lower, identity, false).contiguous()));
  }

  /** Row {@code i} is row {@code n - 1 - i} of {@code lower}, backwards, up to the diagonal. */
  private static double[][] reversed(Tensor lower) {
    int size = (int) lower.size(0);
    DoublePointer data = lower.data_ptr_double();
    double[] row = new double[size];
    double[][] upper = new double[size][];
    for (int i = 0; i < size; i++) {
      upper[i] = new double[size - i];
      data.position((long) (size - 1 - i) * size).get(row, 0, size - i);
      for (int j = 0; j < size - i; j++) {
        upper[i][j] = row[size - i - 1 - j];
      }
    }
    return upper;
  }
}

package io.gramian.compress.quantize;

import io.gramian.checkpoint.UserException;
import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.tensor.Scopes;
import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;

/**
 * The upper triangular {@code U} with {@code H^-1 = U'U}, {@code H} the damped Hessian {@code X'X}
 * of the inputs of one or more linear maps: all that GPTQ needs to know of them.
 *
 * <p>Held as Java arrays, {@code 4 n^2} bytes, to be broadcast. How it is found: {@link
 * InverseFactorisation}.
 */
public final class GptqFactor implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Columns that are updated at a time: with a group's rows of {@code U} they fit a cache. */
  private static final int TILE = 256;

  /** Columns whose errors are spread at a time. */
  private static final int STEP = 4;

  private final double[][] upper;
  private final Recoveries recoveries;

  /**
   * Takes a factor over.
   *
   * @param upper row {@code i} holds {@code U_ii .. U_in}
   */
  GptqFactor(double[][] upper, Recoveries recoveries) {
    this.upper = upper;
    this.recoveries = recoveries;
  }

  /**
   * Factorises the Gram matrix of an input.
   *
   * @throws UserException naming the maps, if the matrix is not finite or not positive definite
   *     after five attempts with ten times the damping each
   */
  public static GptqFactor of(ProjectionInput input, Statistic gram) {
    return Scopes.compute(() -> of(input.label(), gram.correlation()));
  }

  /**
   * Factorises {@code hessian [n, n]}, symmetric, F64; it is overwritten.
   *
   * @param label whose inputs, for messages
   */
  static GptqFactor of(String label, Tensor hessian) {
    return new InverseFactorisation(label).of(hessian);
  }

  /** {@code n}. */
  public int size() {
    return upper.length;
  }

  /** What had to be done to the Hessian. */
  public Recoveries recoveries() {
    return recoveries;
  }

  /** {@code U_ii .. U_in}. */
  double[] row(int i) {
    return upper[i];
  }

  /**
   * By column, {@code 1 / c}: with {@code H_F} the Hessian of a group's columns and all after them,
   * {@code c} is the diagonal of {@code H_F^-1}, the sum of {@code U_ki^2} over the group's columns
   * {@code k <= i}.
   */
  double[] importance(ColumnGroups groups) {
    double[] importance = new double[upper.length];
    for (ColumnGroup group : groups.list()) {
      for (int i = group.from(); i < group.to(); i++) {
        double inverse = 0;
        for (int k = group.from(); k <= i; k++) {
          inverse += upper[k][i - k] * upper[k][i - k];
        }
        importance[i] = 1 / inverse;
      }
    }
    return importance;
  }

  /**
   * Takes a group's errors to the columns behind it: {@code w_j -= sum_i e_i U_ij}, for every row
   * alike.
   *
   * @param errors {@code [rows][padded(group)]}, zero behind the group's columns
   * @param weights {@code [rows][n]}
   */
  void spread(ColumnGroup group, double[][] errors, double[][] weights) {
    double[][] aligned = aligned(group);
    for (int from = group.to(); from < upper.length; from += TILE) {
      ColumnGroup tile = new ColumnGroup(0, from, Math.min(from + TILE, upper.length));
      for (int row = 0; row < weights.length; row++) {
        subtract(errors[row], aligned, weights[row], tile);
      }
    }
  }

  /** Columns of a group, rounded up to a multiple of the columns that are spread at a time. */
  static int padded(ColumnGroup group) {
    return (group.size() + STEP - 1) / STEP * STEP;
  }

  /**
   * A group's rows of {@code U}, each element at its own column: only loops whose arrays share an
   * index become vector instructions, which is three times as fast.
   */
  private double[][] aligned(ColumnGroup group) {
    double[][] aligned = new double[padded(group)][upper.length];
    for (int i = group.from(); i < group.to(); i++) {
      int length = upper.length - group.to();
      System.arraycopy(upper[i], group.to() - i, aligned[i - group.from()], group.to(), length);
    }
    return aligned;
  }

  private static void subtract(
      double[] errors, double[][] factors, double[] row, ColumnGroup tile) {
    for (int i = 0; i < errors.length; i += STEP) {
      double[] a = factors[i];
      double[] b = factors[i + 1];
      double[] c = factors[i + 2];
      double[] d = factors[i + 3];
      double ofA = errors[i];
      double ofB = errors[i + 1];
      double ofC = errors[i + 2];
      double ofD = errors[i + 3];
      for (int j = tile.from(); j < tile.to(); j++) {
        row[j] -= ofA * a[j] + ofB * b[j] + (ofC * c[j] + ofD * d[j]);
      }
    }
  }
}

package io.gramian.compress.sort;

import java.util.Arrays;
import java.util.List;

/**
 * Ridge leverage scores from the largest singular values of the activations and the diagonal of
 * {@code C}, for an {@code n} whose {@code C [n, n]} is too large to be formed.
 *
 * <p>With {@code C = V diag(s^2) V'}, singular values descending, the score of channel {@code j} is
 * {@code sum_i V_ji^2 f(s_i^2)}, {@code f(x) = x / (x + lambda)}. The first {@code k} terms are
 * known. Of the others are known the mass {@code p_j = 1 - sum_{i <= k} V_ji^2} and, from the
 * diagonal, the energy {@code r_j = C_jj - sum_{i <= k} V_ji^2 s_i^2}, and that no {@code s_i^2}
 * exceeds {@code s_k^2}. As {@code f} is concave and {@code f(0) = 0}, what they add lies between
 *
 * <pre>{@code
 * r_j / (s_k^2 + lambda)  <=  tail_j  <=  p_j f(r_j / p_j)  <=  r_j / lambda
 * }</pre>
 *
 * The left is met if all tail energy of the channel stands at {@code s_k^2}, the right (Jensen) if
 * it is spread evenly over the channel's tail mass. The estimate is the middle, so its error is at
 * most half the difference. Both vanish where {@code s_k^2} is small against lambda, or the channel
 * lies in the span of the first {@code k} directions.
 *
 * @param scores one a channel
 * @param errors how far each may be off at most, arithmetic aside
 */
public record LeverageEstimate(List<Double> scores, List<Double> errors) {

  public LeverageEstimate {
    scores = List.copyOf(scores);
    errors = List.copyOf(errors);
  }

  /**
   * Estimates with {@code lambda = 1}. Costs {@code n k}.
   *
   * @param energies {@code s_i^2 [k]}, descending, at least one
   * @param directions {@code V [n, k]}, column-major: {@code V_ji} at {@code i n + j}
   * @param diagonal {@code diag(C) [n]}
   */
  public static LeverageEstimate of(double[] energies, double[] directions, double[] diagonal) {
    int channels = diagonal.length;
    Double[] scores = new Double[channels];
    Double[] errors = new Double[channels];
    for (int j = 0; j < channels; j++) {
      double known = 0;
      double mass = 1;
      double energy = diagonal[j];
      for (int i = 0; i < energies.length; i++) {
        double share = directions[i * channels + j] * directions[i * channels + j];
        known += share * filtered(energies[i]);
        mass -= share;
        energy -= share * energies[i];
      }
      double least = Math.max(0, energy) / (energies[energies.length - 1] + RidgeLeverage.LAMBDA);
      double most = Math.max(least, spread(Math.max(0, energy), Math.max(0, mass)));
      scores[j] = known + (least + most) / 2;
      errors[j] = (most - least) / 2;
    }
    return new LeverageEstimate(Arrays.asList(scores), Arrays.asList(errors));
  }

  private static double filtered(double energy) {
    return energy / (energy + RidgeLeverage.LAMBDA);
  }

  /** {@code p f(r / p)}, which is 0 without mass or energy. */
  private static double spread(double energy, double mass) {
    return energy == 0 ? 0 : energy * mass / (energy + RidgeLeverage.LAMBDA * mass);
  }

  /** The largest of the errors. */
  public double worstError() {
    return errors.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }
}

package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.Rope;
import java.util.ArrayList;
import java.util.List;

/**
 * A rotary embedding as other formats describe it: the base of a geometric series, and what each
 * pair's frequency is divided by on top.
 *
 * @param theta {@code rope_theta}
 * @param factors {@code theta^(-2i / r) / inverseFrequencies[i]}, 1 where nothing is scaled
 */
public record RopeBase(double theta, List<Double> factors) {

  public RopeBase {
    factors = List.copyOf(factors);
  }

  /**
   * That of a model.
   *
   * @param rope as the family read it from {@code config}
   */
  public static RopeBase of(HfConfig config, Rope rope) {
    double theta = RopeSettings.theta(config);
    List<Double> scaled = rope.inverseFrequencies();
    List<Double> unscaled = RopeFrequencies.unscaled(2 * scaled.size(), theta);
    List<Double> factors = new ArrayList<>();
    for (int i = 0; i < scaled.size(); i++) {
      factors.add(unscaled.get(i) / scaled.get(i));
    }
    return new RopeBase(theta, factors);
  }

  /** Whether the series is all there is. */
  public boolean isUnscaled() {
    return factors.stream().allMatch(factor -> factor == 1.0);
  }
}

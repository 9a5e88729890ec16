package io.gramian.model.family;

import java.util.List;

/**
 * Between which the step dt of a state space mixer is held.
 *
 * @param minimum 0 for no limit
 * @param maximum infinite for no limit
 */
record StepLimits(double minimum, double maximum) {

  private static final String LIMIT = "time_step_limit";

  /** Both limits, from {@code time_step_limit}; none if it is absent. */
  static StepLimits read(CheckedConfig config) {
    if (!config.file().has(LIMIT)) {
      return new StepLimits(0, Double.POSITIVE_INFINITY);
    }
    List<Double> limits = config.file().doubles(LIMIT);
    if (limits.size() != 2 || !(limits.get(0) <= limits.get(1) && limits.get(1) > 0)) {
      throw config.refusal(
          "%s is %s: it must be two numbers, the lower limit and a positive upper one",
          LIMIT, limits);
    }
    return new StepLimits(Math.max(0, limits.get(0)), limits.get(1));
  }

  /** A lower limit only, whatever {@code time_step_limit} says. */
  static StepLimits below(CheckedConfig config, String key, double absent) {
    double minimum = config.file().doubleOr(key, absent);
    if (!(minimum >= 0 && Double.isFinite(minimum))) {
      throw config.refusal("%s is %s: it must be a small positive number", key, minimum);
    }
    return new StepLimits(minimum, Double.POSITIVE_INFINITY);
  }
}

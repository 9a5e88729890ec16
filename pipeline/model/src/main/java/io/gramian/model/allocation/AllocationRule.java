package io.gramian.model.allocation;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.Locale;

/**
 * How influence becomes a pruning rate: {@code phi = min(cap, c softmax(-BI / epsilon))}.
 *
 * @param scope what shares a rate
 * @param epsilon temperature, in units of influence: the smaller, the less even
 * @param cap largest pruning rate, below 1, so that every block keeps something
 */
public record AllocationRule(InfluenceScope scope, double epsilon, double cap)
    implements Serializable {

  /** Per layer, {@code epsilon = 0.1}, {@code cap = 0.85}. */
  public static final AllocationRule DEFAULT = new AllocationRule(InfluenceScope.LAYER, 0.1, 0.85);

  /** Refuses what is out of range. */
  public AllocationRule {
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw refusal("epsilon", epsilon, "above 0: give for example 0.1");
    }
    if (!(cap > 0 && cap < 1)) {
      throw refusal("cap", cap, "between 0 and 1: give for example 0.85");
    }
  }

  private static UserException refusal(String what, double value, String wanted) {
    return new UserException(
        String.format(Locale.ROOT, "%s %s of the allocation must be %s", what, value, wanted));
  }

  /** The same rule over another stretch. */
  public AllocationRule per(InfluenceScope other) {
    return new AllocationRule(other, epsilon, cap);
  }
}

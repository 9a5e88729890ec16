package io.gramian.model;

import java.io.Serializable;
import java.util.List;

/**
 * What a selective scan reads per head. With {@code a = -exp(logDecay)} the state of a head decays
 * by {@code exp(dt a)} at a token whose step is {@code dt = min(max(softplus(input + stepBias),
 * stepMinimum), stepMaximum)}.
 *
 * @param logDecay name of {@code A_log [H]}
 * @param skip name of {@code D [H]}: the head's output gains {@code D x}
 * @param stepBias name of {@code dt_bias [H]}
 * @param stepMinimum least {@code dt}; 0 for no limit
 * @param stepMaximum greatest {@code dt}; infinite for no limit
 */
public record ScanParameters(
    String logDecay, String skip, String stepBias, double stepMinimum, double stepMaximum)
    implements Serializable {

  public ScanParameters {
    if (!(stepMinimum >= 0 && stepMinimum <= stepMaximum && stepMaximum > 0)) {
      throw new IllegalArgumentException(
          "steps of " + logDecay + " from " + stepMinimum + " to " + stepMaximum);
    }
  }

  /** The three vectors {@code [heads]}. */
  public List<TensorShape> tensors(int heads) {
    return List.of(
        TensorShape.of(logDecay, heads),
        TensorShape.of(skip, heads),
        TensorShape.of(stepBias, heads));
  }
}

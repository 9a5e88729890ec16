package io.gramian.model;

import java.io.Serializable;
import java.util.List;

/**
 * Rotary position embedding in the half-split form: channel {@code i} and channel {@code i + r/2} of
 * a head rotate together, by the angle {@code position * inverseFrequencies[i]}.
 *
 * @param rotarySize {@code r}, the channels of a head that rotate: the first ones
 * @param inverseFrequencies {@code [r/2]}, in radians a token, scaling applied
 * @param attentionFactor multiplies cos and sin (1 but for scalings that say otherwise)
 * @param pairOrders {@code [kvHeads][r/2]}: the pair of the original model that now stands at each
 *     place, per KV head; empty where nothing was reordered
 */
public record Rope(
    int rotarySize,
    List<Double> inverseFrequencies,
    double attentionFactor,
    List<List<Integer>> pairOrders)
    implements Serializable {

  public Rope {
    inverseFrequencies = List.copyOf(inverseFrequencies);
    pairOrders = pairOrders.stream().map(List::copyOf).toList();
  }

  /** The same rotation for a checkpoint whose pairs were reordered. */
  public Rope withPairOrders(List<List<Integer>> orders) {
    return new Rope(rotarySize, inverseFrequencies, attentionFactor, orders);
  }
}

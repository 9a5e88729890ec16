package io.gramian.model;

import java.io.Serializable;
import java.util.List;

/**
 * Rotary position embedding in the half-split form: channel {@code i} and channel {@code i + r/2}
 * of a head rotate together, by the angle {@code position * inverseFrequencies[i]}.
 *
 * <p>In a reordered checkpoint the pair at place {@code p} of KV head {@code k} rotates by {@code
 * position * inverseFrequencies[pairOrders[k][p]]}: a runtime gathers cos and sin by the order.
 *
 * @param rotarySize {@code r}, the channels of a head that rotate: the first ones; even
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
    if (rotarySize <= 0 || rotarySize % 2 != 0) {
      throw new IllegalArgumentException("rotary size " + rotarySize + " is not even and positive");
    }
    if (inverseFrequencies.size() != rotarySize / 2) {
      throw new IllegalArgumentException(
          inverseFrequencies.size() + " frequencies for " + rotarySize / 2 + " pairs");
    }
    for (int head = 0; head < pairOrders.size(); head++) {
      String subject = "pair order of KV head " + head + " ";
      Permutation.defect(pairOrders.get(head), rotarySize / 2)
          .ifPresent(
              defect -> {
                throw new IllegalArgumentException(subject + defect);
              });
    }
  }

  /** Number of pairs, {@code r/2}. */
  public int pairs() {
    return rotarySize / 2;
  }

  /** The same rotation for a checkpoint whose pairs were reordered. */
  public Rope withPairOrders(List<List<Integer>> orders) {
    return new Rope(rotarySize, inverseFrequencies, attentionFactor, orders);
  }
}

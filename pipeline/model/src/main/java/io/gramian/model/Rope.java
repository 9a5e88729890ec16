package io.gramian.model;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rotary position embedding in the half-split form: channel {@code i} and channel {@code i + r/2}
 * of a head rotate together, by the angle {@code position * inverseFrequencies[i]}.
 *
 * <p>In a reordered checkpoint the pair at place {@code p} of KV head {@code k} rotates by {@code
 * position * inverseFrequencies[pairOrders[k][p]]}: a runtime gathers cos and sin by the order.
 *
 * @param rotarySize {@code r}, the channels of a head that rotate: the first ones; even
 * @param inverseFrequencies of the original model's pairs, in radians a token, scaling applied:
 *     {@code [r/2]}, or more in a narrowed model, which keeps only some of them
 * @param attentionFactor multiplies cos and sin (1 but for scalings that say otherwise)
 * @param pairOrders {@code [kvHeads][r/2]}: the pair of the original model that now stands at each
 *     place, per KV head; empty where nothing was reordered or dropped
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
    int original = inverseFrequencies.size();
    if (pairOrders.isEmpty() ? original != rotarySize / 2 : original < rotarySize / 2) {
      throw new IllegalArgumentException(
          original + " frequencies for " + rotarySize / 2 + " pairs");
    }
    for (int head = 0; head < pairOrders.size(); head++) {
      String subject = "pair order of KV head " + head + " ";
      Permutation.partialDefect(pairOrders.get(head), rotarySize / 2, original)
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

  /** The same rotation with only the first {@code pairs} places of every KV head. */
  public Rope narrowed(int pairs, int kvHeads) {
    if (pairs == pairs()) {
      return this;
    }
    List<Integer> identity = IntStream.range(0, pairs()).boxed().toList();
    List<List<Integer>> orders =
        pairOrders.isEmpty() ? Collections.nCopies(kvHeads, identity) : pairOrders;
    return new Rope(
        2 * pairs,
        inverseFrequencies,
        attentionFactor,
        orders.stream().map(order -> order.subList(0, pairs)).toList());
  }
}

package io.gramian.model;

import java.io.Serializable;
import java.util.List;

/**
 * The units of a coupling group, best first. Every prefix is a valid smaller model.
 *
 * @param group which group
 * @param unit what the entries number
 * @param criterion how it was found, for example {@code output-error}
 * @param order a permutation of the units in the original numbering, best first; the identity for
 *     rotated channels
 * @param scores per unit in the original numbering; for rotated channels the singular values,
 *     descending
 */
public record RankOrder(
    CouplingGroup group, Unit unit, String criterion, List<Integer> order, List<Double> scores)
    implements Serializable {

  public RankOrder {
    order = List.copyOf(order);
    scores = List.copyOf(scores);
  }
}

package io.gramian.model;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

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

  /** Refuses an order that is not a permutation, or that has no score for each of its units. */
  public RankOrder {
    order = List.copyOf(order);
    scores = List.copyOf(scores);
    String subject = "rank order of " + group.label() + " ";
    Permutation.defect(order, scores.size())
        .ifPresent(
            defect -> {
              throw new UserException(subject + defect + ": compute it again with sort");
            });
    for (int i = 0; i < scores.size(); i++) {
      if (scores.get(i).isNaN()) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%shas no number as score of unit %d: its statistics overflowed",
                subject,
                i));
      }
    }
  }
}

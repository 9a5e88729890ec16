package io.gramian.compress.sort;

import io.gramian.model.Coupling;
import java.io.Serializable;
import java.util.Map;

/**
 * How the units of every block are ranked.
 *
 * @param criteria by which statistics are judged
 * @param mlp scores that stand in for the statistics of some MLPs, or {@link GivenScores#NONE}
 */
public record Ranking(SortCriteria criteria, GivenScores mlp) implements Serializable {

  /** By statistics alone. */
  public static Ranking by(SortCriteria criteria) {
    return new Ranking(criteria, GivenScores.NONE);
  }

  /** Criterion labels by coupling, for records of a run. */
  public Map<Coupling, String> labels() {
    Map<Coupling, String> labels = criteria.labels();
    if (!mlp.byBlock().isEmpty()) {
      labels.put(Coupling.MLP, mlp.label());
    }
    return labels;
  }
}

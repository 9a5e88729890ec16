package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import java.util.List;

/** Which of a block's statistics are summed. */
public enum StatisticsChoice {
  /** What every criterion needs. */
  ALL,
  /**
   * No Gram matrix of an MLP's down projection, by far the largest of an MLP's sums: {@code 8 n^2}
   * bytes a task in exact sums of its upper half.
   */
  WITHOUT_DOWN_INPUT;

  /** The sites that are not summed, in their declared order. */
  public List<Site> leftOut() {
    return this == ALL ? List.of() : List.of(Site.DOWN_INPUT);
  }

  /** Whether the statistic of {@code site} is summed. */
  public boolean includes(Site site) {
    return !leftOut().contains(site);
  }
}

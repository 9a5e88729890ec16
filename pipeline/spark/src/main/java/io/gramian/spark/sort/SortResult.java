package io.gramian.spark.sort;

import io.gramian.model.RankOrder;
import java.util.List;

/**
 * What {@link Sort} decided.
 *
 * @param orders one a coupling group, by block, coupling and head
 */
public record SortResult(List<RankOrder> orders) {

  public SortResult {
    orders = List.copyOf(orders);
  }
}

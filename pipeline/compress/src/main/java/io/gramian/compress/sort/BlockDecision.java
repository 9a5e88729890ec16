package io.gramian.compress.sort;

import io.gramian.model.CouplingGroup;
import io.gramian.model.RankOrder;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the statistics decided about one block.
 *
 * @param blockIndex residual block
 * @param orders one a coupling group
 * @param rotations one a KV head of an attention, none for an MLP
 */
public record BlockDecision(int blockIndex, List<RankOrder> orders, List<Rotation> rotations)
    implements Serializable {

  public BlockDecision {
    orders = List.copyOf(orders);
    rotations = List.copyOf(rotations);
  }

  /** Units best first, by group. */
  Map<CouplingGroup, List<Integer>> unitOrders() {
    return orders.stream().collect(Collectors.toMap(RankOrder::group, RankOrder::order));
  }
}

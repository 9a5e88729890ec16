package io.gramian.compress.sort;

import io.gramian.model.CoupledUnits;
import io.gramian.model.CouplingGroups;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Scores of MLP channels that were found in another way than from a block's statistics, and that
 * decide its order.
 *
 * @param label what they are called in artifacts, for example {@code ridge-leverage-k256}
 * @param byBlock by block index, {@code [n]} in the original numbering, higher is better
 */
public record GivenScores(String label, SortedMap<Integer, List<Double>> byBlock)
    implements Serializable {

  /** None: every block is decided from its statistics. */
  public static final GivenScores NONE = new GivenScores("", new TreeMap<>());

  public GivenScores {
    byBlock = Collections.unmodifiableSortedMap(new TreeMap<>(byBlock));
  }

  /** Whether there are scores for {@code block}: then its statistics and weights are not needed. */
  public boolean covers(ResidualBlock block) {
    return byBlock.containsKey(block.blockIndex());
  }

  /** The order by the scores of {@code block}, an MLP that they {@link #covers}. */
  public BlockDecision decide(ResidualBlock block) {
    CoupledUnits units = CouplingGroups.of(block).get(0);
    List<Double> scores = byBlock.get(block.blockIndex());
    double[] values = scores.stream().mapToDouble(Double::doubleValue).toArray();
    RankOrder order =
        new RankOrder(units.group(), units.unit(), label, Scores.descending(values), scores);
    return new BlockDecision(block.blockIndex(), List.of(order), List.of());
  }
}

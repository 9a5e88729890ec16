package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.Calibration;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.Statistic;
import io.gramian.model.Coupling;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.GramianMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Sorts a whole small model in memory. */
public final class Sorting {

  private static final int BATCH = 8;

  private Sorting() {}

  /** Calibrates on {@code ids} and applies every order. */
  public static LoadedDecoder sort(
      LoadedDecoder original, SortCriteria criteria, int[] ids, int positions) {
    Map<Integer, BlockDecision> decisions = decide(original, criteria, ids, positions);
    return apply(original, criteria, decisions);
  }

  public static LoadedDecoder apply(
      LoadedDecoder original, SortCriteria criteria, Map<Integer, BlockDecision> decisions) {
    Map<Integer, List<List<Integer>>> pairOrders = new HashMap<>();
    original
        .spec()
        .blocks()
        .forEach(
            block -> {
              List<List<Integer>> orders =
                  SortedBlock.pairOrders(block, decisions.get(block.blockIndex()).orders());
              if (!orders.isEmpty()) {
                pairOrders.put(block.blockIndex(), orders);
              }
            });
    GramianMetadata metadata = new GramianMetadata(criteria.labels(), pairOrders);
    return original.with(
        metadata.applyTo(original.spec()),
        (block, weights) -> SortedBlock.of(block, decisions.get(block.blockIndex()), weights));
  }

  public static Map<Integer, BlockDecision> decide(
      LoadedDecoder original, SortCriteria criteria, int[] ids, int positions) {
    Map<Integer, Map<Site, Statistic>> statistics =
        Calibration.run(original, ids, positions, BATCH);
    BlockDecider decider = new BlockDecider(criteria);
    Map<Integer, BlockDecision> decisions = new HashMap<>();
    for (ResidualBlock block : original.spec().blocks()) {
      decisions.put(
          block.blockIndex(),
          decider.decide(block, statistics.get(block.blockIndex()), original.weights(block)));
    }
    return decisions;
  }

  /**
   * How many units of all orders do not stay in place: a sort that moves nothing proves nothing.
   */
  static long movedUnits(Map<Integer, BlockDecision> decisions) {
    return decisions.values().stream()
        .flatMap(decision -> decision.orders().stream())
        .mapToLong(Sorting::moved)
        .sum();
  }

  /** The same of one coupling. */
  static long movedUnits(Map<Integer, BlockDecision> decisions, Coupling coupling) {
    return decisions.values().stream()
        .flatMap(decision -> decision.orders().stream())
        .filter(order -> order.group().coupling() == coupling)
        .mapToLong(Sorting::moved)
        .sum();
  }

  private static long moved(RankOrder order) {
    long moved = 0;
    for (int i = 0; i < order.order().size(); i++) {
      moved += order.order().get(i) == i ? 0 : 1;
    }
    return moved;
  }

  /** The couplings whose orders permute; value and output are rotated instead. */
  static Set<Coupling> permuted(Map<Integer, BlockDecision> decisions) {
    return decisions.values().stream()
        .flatMap(decision -> decision.orders().stream())
        .map(order -> order.group().coupling())
        .filter(coupling -> coupling != Coupling.VALUE_OUTPUT)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Largest difference over the largest magnitude. */
  public static double relativeDifference(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }
}

package io.gramian.model;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How many units of each coupling a block keeps: the same number in every head, so that heads stay
 * rectangular.
 *
 * @param kept units kept of each segment, by coupling: RoPE pairs, then channels that pass through;
 *     a coupling that is missing keeps all
 */
public record BlockWidths(Map<Coupling, List<Integer>> kept) implements Serializable {

  /** Copies, in a fixed order. */
  public BlockWidths {
    Map<Coupling, List<Integer>> sorted = new EnumMap<>(Coupling.class);
    kept.forEach((coupling, counts) -> sorted.put(coupling, List.copyOf(counts)));
    kept = Collections.unmodifiableMap(sorted);
  }

  /** Every coupling of {@code block} at the same keep ratio, rounded to a device's steps. */
  public static BlockWidths uniform(ResidualBlock block, KeepRatio ratio, Granularity steps) {
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    for (CoupledUnits units : CouplingGroups.of(block)) {
      Coupling coupling = units.group().coupling();
      kept.computeIfAbsent(coupling, c -> counts(units, ratio, steps));
    }
    return new BlockWidths(kept);
  }

  /**
   * The kept channels are rounded as one number and then shared out over the segments in proportion
   * (partial rotary: pairs and channels that pass through shrink alike). No segment goes
   * altogether, however small its share.
   */
  private static List<Integer> counts(CoupledUnits units, KeepRatio ratio, Granularity steps) {
    int all = units.segments().stream().mapToInt(UnitSegment::channels).sum();
    int step = steps.units(units.group().coupling(), Unit.CHANNEL);
    int channels = ratio.unitsOf(all, step);
    return units.segments().stream()
        .map(s -> (int) Math.max(1, Math.round((double) channels * s.units() / all)))
        .toList();
  }

  /** Units kept of each segment of a group. */
  public List<Integer> of(CoupledUnits units) {
    return kept.getOrDefault(
        units.group().coupling(), units.segments().stream().map(UnitSegment::units).toList());
  }

  /** The units of every group of a sorted block that stay: the first ones of each segment. */
  public Map<CouplingGroup, List<Integer>> prefixes(ResidualBlock block) {
    Map<CouplingGroup, List<Integer>> prefixes = new LinkedHashMap<>();
    CouplingGroups.of(block).forEach(units -> prefixes.put(units.group(), prefix(units)));
    return prefixes;
  }

  private List<Integer> prefix(CoupledUnits units) {
    List<Integer> counts = of(units);
    Stream<Integer> prefix = Stream.empty();
    int first = 0;
    for (int i = 0; i < counts.size(); i++) {
      prefix = Stream.concat(prefix, IntStream.range(first, first + counts.get(i)).boxed());
      first += units.segments().get(i).units();
    }
    return prefix.toList();
  }
}

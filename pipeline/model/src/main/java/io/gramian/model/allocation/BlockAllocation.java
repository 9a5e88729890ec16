package io.gramian.model.allocation;

import io.gramian.model.BlockWidths;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import io.gramian.model.UnitSegment;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one block keeps.
 *
 * @param blockIndex position in the decoder's flat list
 * @param layerIndex Hugging Face's layer number
 * @param mixer {@code attention}, {@code mlp} or {@code mamba2}
 * @param influence of its layer or of itself, mean of {@code 1 - cos} over tokens
 * @param keepRatio before rounding; all its couplings share it
 * @param widths after rounding, by coupling, one entry a segment
 */
public record BlockAllocation(
    int blockIndex,
    int layerIndex,
    String mixer,
    double influence,
    KeepRatio keepRatio,
    Map<Coupling, List<SegmentWidth>> widths)
    implements Serializable {

  /** Copies, in a fixed order. */
  public BlockAllocation {
    Map<Coupling, List<SegmentWidth>> sorted = new EnumMap<>(Coupling.class);
    widths.forEach((coupling, segments) -> sorted.put(coupling, List.copyOf(segments)));
    widths = Collections.unmodifiableMap(sorted);
  }

  /** {@code block} cut to {@code kept}. */
  static BlockAllocation of(
      ResidualBlock block, double influence, KeepRatio ratio, BlockWidths kept) {
    Map<Coupling, List<SegmentWidth>> widths = new EnumMap<>(Coupling.class);
    for (CoupledUnits units : CouplingGroups.of(block)) {
      widths.computeIfAbsent(units.group().coupling(), c -> segments(units, kept.of(units)));
    }
    return new BlockAllocation(
        block.blockIndex(), block.layerIndex(), block.mixer().kind(), influence, ratio, widths);
  }

  private static List<SegmentWidth> segments(CoupledUnits units, List<Integer> kept) {
    List<SegmentWidth> segments = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      UnitSegment segment = units.segments().get(i);
      segments.add(new SegmentWidth(segment.unit(), kept.get(i), segment.units()));
    }
    return segments;
  }

  /** The widths as slicing wants them. */
  public BlockWidths blockWidths() {
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    widths.forEach(
        (coupling, segments) ->
            kept.put(coupling, segments.stream().map(SegmentWidth::kept).toList()));
    return new BlockWidths(kept);
  }

  /** The widths of the whole block, to compare with a model's. */
  Map<Coupling, List<SegmentWidth>> whole() {
    Map<Coupling, List<SegmentWidth>> whole = new EnumMap<>(Coupling.class);
    widths.forEach(
        (coupling, segments) ->
            whole.put(
                coupling,
                segments.stream().map(s -> new SegmentWidth(s.unit(), s.of(), s.of())).toList()));
    return whole;
  }
}

package io.gramian.spark.report;

import io.gramian.model.allocation.Allocation;
import io.gramian.model.allocation.BlockAllocation;
import io.gramian.model.allocation.SegmentWidth;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The widths of one global keep ratio.
 *
 * @param keepRatio asked for
 * @param ofBlocks fraction of its units that each block keeps after rounding, mean over its
 *     couplings, by block index
 */
record ChosenWidths(double keepRatio, SortedMap<Integer, Double> ofBlocks) {

  ChosenWidths {
    ofBlocks = Collections.unmodifiableSortedMap(new TreeMap<>(ofBlocks));
  }

  static ChosenWidths of(Allocation allocation) {
    SortedMap<Integer, Double> blocks = new TreeMap<>();
    allocation.blocks().forEach(block -> blocks.put(block.blockIndex(), kept(block)));
    return new ChosenWidths(allocation.keepRatio().value(), blocks);
  }

  private static double kept(BlockAllocation block) {
    return block.widths().values().stream()
        .mapToDouble(ChosenWidths::kept)
        .average()
        .orElse(block.keepRatio().value());
  }

  private static double kept(List<SegmentWidth> segments) {
    int kept = segments.stream().mapToInt(SegmentWidth::kept).sum();
    return (double) kept / segments.stream().mapToInt(SegmentWidth::of).sum();
  }
}

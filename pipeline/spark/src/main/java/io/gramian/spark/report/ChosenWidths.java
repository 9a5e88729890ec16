package io.gramian.spark.report;

import java.util.Collections;
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
}

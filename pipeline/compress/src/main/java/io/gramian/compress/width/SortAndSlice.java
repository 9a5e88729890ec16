package io.gramian.compress.width;

import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.SortedBlock;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.BlockWidths;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import java.util.HashMap;
import java.util.Map;

/** Sorts a block by a decision and cuts it to a width, without a sorted model on disk. */
public final class SortAndSlice implements BlockTransform {

  private static final long serialVersionUID = 1L;

  private final HashMap<Integer, BlockDecision> decisions;
  private final HashMap<Integer, BlockWidths> widths;

  /**
   * Puts orders and widths together.
   *
   * @param decisions by block index
   * @param widths by block index
   */
  public SortAndSlice(Map<Integer, BlockDecision> decisions, Map<Integer, BlockWidths> widths) {
    this.decisions = new HashMap<>(decisions);
    this.widths = new HashMap<>(widths);
  }

  @Override
  public ResidualBlock describe(ResidualBlock block) {
    return NarrowedBlock.of(sorted(block), widths.get(block.blockIndex()));
  }

  private ResidualBlock sorted(ResidualBlock block) {
    return SortedBlock.describe(block, decisions.get(block.blockIndex()));
  }

  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    try (weights;
        Weights sorted = SortedBlock.of(block, decisions.get(block.blockIndex()), weights)) {
      return SlicedBlock.of(sorted(block), widths.get(block.blockIndex()), sorted);
    }
  }
}

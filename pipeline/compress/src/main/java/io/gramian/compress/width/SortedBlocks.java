package io.gramian.compress.width;

import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.SortedBlock;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import java.util.HashMap;
import java.util.Map;

/** Sorts blocks by decisions and leaves them as wide as they are. */
public final class SortedBlocks implements BlockTransform {

  private static final long serialVersionUID = 1L;

  private final HashMap<Integer, BlockDecision> decisions;

  /**
   * Sorts every block.
   *
   * @param decisions by block index
   */
  public SortedBlocks(Map<Integer, BlockDecision> decisions) {
    this.decisions = new HashMap<>(decisions);
  }

  @Override
  public ResidualBlock describe(ResidualBlock block) {
    return SortedBlock.describe(block, decisions.get(block.blockIndex()));
  }

  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    try (weights) {
      return SortedBlock.of(block, decisions.get(block.blockIndex()), weights);
    }
  }
}

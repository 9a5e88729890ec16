package io.gramian.compress.finetune;

import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.ResidualBlock;
import java.util.List;

/**
 * Blocks with their adapters merged: {@code W + (alpha / r) B A [out, in]} for every linear map, as
 * wide as before. Carries the adapters of its blocks, 4 bytes a parameter of them.
 */
public final class MergedBlock implements BlockTransform {

  private static final long serialVersionUID = 1L;

  private MergedBlock() {}

  /**
   * Merges the adapters of {@code state} into {@code blocks}.
   *
   * @param blocks of the sorted model; only their adapters are taken along
   */
  public static MergedBlock of(List<ResidualBlock> blocks, TrainerState state, LoraShape lora) {
    NotYet.built(lora.rank() + state.updates() + blocks.size());
    return new MergedBlock();
  }

  @Override
  public ResidualBlock describe(ResidualBlock block) {
    return block;
  }

  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    return NotYet.built(weights);
  }
}

package io.gramian.spark.finetune;

import io.gramian.compress.finetune.LoraShape;
import io.gramian.compress.finetune.MergedBlock;
import io.gramian.compress.finetune.TrainerState;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.ResidualBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Merges the adapters of a checkpoint into blocks. A task that writes a file reads them once, 4
 * bytes a parameter; the driver never holds them.
 */
final class StoredAdapters implements BlockTransform {

  private static final long serialVersionUID = 1L;

  /** What the optimiser alone needs. */
  private static final String MOMENT = ".exp_avg";

  private final CheckpointStore store;
  private final long updates;
  private final LoraShape lora;
  private transient TrainerState state;

  /**
   * Points at a checkpoint.
   *
   * @param updates which one
   * @param lora shape of its adapters
   */
  StoredAdapters(CheckpointStore store, long updates, LoraShape lora) {
    this.store = store;
    this.updates = updates;
    this.lora = lora;
  }

  @Override
  public ResidualBlock describe(ResidualBlock block) {
    return block;
  }

  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    return MergedBlock.of(List.of(block), state(), lora).apply(block, weights);
  }

  private TrainerState state() {
    if (state == null) {
      try {
        state = store.readState(updates, name -> !name.contains(MOMENT));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return state;
  }
}

package io.gramian.edge.decode;

import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.NarrowedBlock;
import java.util.HashMap;
import java.util.Map;

/** What the blocks of one session keep from token to token, by block index. */
final class BlockStates {

  private final Map<Integer, AttentionState> attentions = new HashMap<>();
  private final Map<Integer, Mamba2State> scans = new HashMap<>();
  private final AttentionState.Shared shared;

  BlockStates(ModelWeights weights, Decoder.Setting setting) {
    shared = new AttentionState.Shared(setting.team().size(), setting.positions(), setting.batch());
    for (StoredBlock block : weights.blocks()) {
      BlockWidths widest = setting.widest().get(block.block().blockIndex());
      block.block().mixer().accept(new Make(block, widest, setting.positions()));
    }
  }

  private final class Make implements MixerVisitor<Void> {

    private final StoredBlock stored;
    private final BlockWidths widest;
    private final int positions;

    Make(StoredBlock stored, BlockWidths widest, int positions) {
      this.stored = stored;
      this.widest = widest;
      this.positions = positions;
    }

    @Override
    public Void attention(Attention attention) {
      Attention narrow = (Attention) NarrowedBlock.of(stored.block(), widest).mixer();
      float[] bias = stored.map(attention.value()).bias(widest);
      attentions.put(
          stored.block().blockIndex(), AttentionState.of(narrow, bias, positions, shared));
      return null;
    }

    @Override
    public Void mlp(Mlp mlp) {
      return null;
    }

    @Override
    public Void mamba2(Mamba2 mamba2) {
      Mamba2 narrow = (Mamba2) NarrowedBlock.of(stored.block(), widest).mixer();
      scans.put(stored.block().blockIndex(), Mamba2State.of(mamba2, narrow));
      return null;
    }
  }

  /** The step of a block at a width. */
  Step bind(Binding binding) {
    int index = binding.stored().block().blockIndex();
    return binding
        .stored()
        .at(binding.widths())
        .mixer()
        .accept(
            new MixerVisitor<Step>() {
              @Override
              public Step attention(Attention narrow) {
                return new AttentionStep(binding, narrow, attentions.get(index));
              }

              @Override
              public Step mlp(Mlp narrow) {
                return new MlpStep(binding, (Mlp) binding.stored().block().mixer());
              }

              @Override
              public Step mamba2(Mamba2 narrow) {
                return new Mamba2Step(binding, narrow, scans.get(index));
              }
            });
  }

  /** Turns to a batch. */
  void set(Batch batch) {
    shared.set(batch);
  }

  void reset() {
    scans.values().forEach(Mamba2State::reset);
  }

  long bytes() {
    return attentions.values().stream().mapToLong(state -> state.cache().bytes()).sum()
        + scans.values().stream().mapToLong(Mamba2State::bytes).sum();
  }
}

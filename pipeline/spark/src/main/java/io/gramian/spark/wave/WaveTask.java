package io.gramian.spark.wave;

import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.hidden.MicroShard;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import scala.Tuple2;

/**
 * Walks a partition's micro-shards through a wave's blocks, one shard at a time, leaves their
 * hidden states where the next wave looks for them, and emits the partition's tiles after the last.
 * Holds the states of one shard, before and behind a block and before its layer.
 *
 * @param wave the blocks
 * @param weights their tensors, shared by the executor's tasks
 * @param ends where hidden states come from and go
 * @param units counts finished (shard, block) pairs
 */
record WaveTask<S>(
    BlockWave wave, Broadcast<SharedWeights> weights, Ends<S> ends, LongAccumulator units)
    implements PairFlatMapFunction<Iterator<S>, TileKey, Tile> {

  private static final long serialVersionUID = 1L;

  /** Both ends of a wave. */
  record Ends<S>(WaveInput<S> input, WaveOutput output) implements Serializable {

    private static final long serialVersionUID = 1L;
  }

  @Override
  public Iterator<Tuple2<TileKey, Tile>> call(Iterator<S> shards) {
    Weights loaded = weights.value().acquire();
    List<WaveStage> stages = new ArrayList<>();
    for (ResidualBlock block : wave.blocks()) {
      BlockStatistics statistics = new BlockStatistics(block, wave.choice());
      stages.add(new WaveStage(block, new BlockForward(block, loaded), statistics));
    }
    WaveInput.Source<S> source = ends.input().begin();
    shards.forEachRemaining(shard -> walk(source, shard, stages));
    return stages.stream()
        .flatMap(stage -> stage.statistics().tiles().entrySet().stream())
        .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
        .iterator();
  }

  private void walk(WaveInput.Source<S> source, S shard, List<WaveStage> stages) {
    try (PointerScope scope = new PointerScope()) {
      WaveInput.ShardStates before = source.take(shard);
      MicroShard tokens = before.shard();
      TokenMask mask = new TokenMask(tokens.lengths(), tokens.positions());
      Tensor behind = walk(before.states(), mask, stages);
      ends.output().accept(new WaveInput.ShardStates(tokens, behind));
    }
  }

  private Tensor walk(Tensor input, TokenMask mask, List<WaveStage> stages) {
    Tensor x = input;
    Tensor layerInput = input;
    boolean atLayer = true;
    for (int i = 0; i < stages.size(); i++) {
      WaveStage stage = stages.get(i);
      Tensor y = step(stage, x, mask);
      if (!atLayer) {
        x.close();
      }
      atLayer = wave.endsLayer(i);
      if (atLayer) {
        stage.recordInfluence(Site.LAYER_INFLUENCE, layerInput, y, mask);
        layerInput.close();
        layerInput = y;
      }
      x = y;
      units.add(1);
    }
    return x;
  }

  private static Tensor step(WaveStage stage, Tensor x, TokenMask mask) {
    Tensor y = stage.forward().apply(x, stage.recorder(mask));
    stage.recordInfluence(Site.BLOCK_INFLUENCE, x, y, mask);
    return y;
  }
}

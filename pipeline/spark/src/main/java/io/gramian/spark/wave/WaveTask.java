package io.gramian.spark.wave;

import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Walks a partition's micro-shards through a wave's blocks, one shard at a time, and emits the
 * partition's tiles after the last.
 *
 * @param wave the blocks
 * @param weights their tensors, shared by the executor's tasks
 * @param emission what to hand on
 * @param units counts finished (shard, block) pairs
 */
record WaveTask(
    BlockWave wave, Broadcast<SharedWeights> weights, Emission emission, LongAccumulator units)
    implements FlatMapFunction<Iterator<HiddenShard>, WaveRecord> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<WaveRecord> call(Iterator<HiddenShard> shards) {
    Weights loaded = weights.value().acquire();
    List<WaveStage> stages = new ArrayList<>();
    for (ResidualBlock block : wave.blocks()) {
      stages.add(new WaveStage(block, new BlockForward(block, loaded), new BlockStatistics(block)));
    }
    Stream<WaveRecord> hidden =
        Iterators.stream(shards)
            .<WaveRecord>map(shard -> walk(shard, stages))
            .filter(record -> emission.hiddenStates());
    Stream<WaveRecord> tiles =
        Stream.of(stages).filter(all -> emission.statistics()).flatMap(WaveTask::tiles);
    return Stream.concat(hidden, tiles).iterator();
  }

  private static Stream<WaveRecord> tiles(List<WaveStage> stages) {
    return stages.stream()
        .flatMap(stage -> stage.statistics().tiles().entrySet().stream())
        .map(entry -> new PartialTile(entry.getKey(), entry.getValue()));
  }

  private HiddenShard walk(HiddenShard input, List<WaveStage> stages) {
    MicroShard shard = input.shard();
    TokenMask mask = new TokenMask(shard.lengths(), shard.positions());
    try (PointerScope scope = new PointerScope()) {
      return new HiddenShard(shard, Tensors.floats(walk(input.tensor(), mask, stages)));
    }
  }

  private Tensor walk(Tensor input, TokenMask mask, List<WaveStage> stages) {
    Tensor x = input;
    Tensor layerInput = x;
    for (int i = 0; i < stages.size(); i++) {
      WaveStage stage = stages.get(i);
      Tensor y = step(stage, x, mask);
      if (wave.endsLayer(i)) {
        recordInfluence(stage, Site.LAYER_INFLUENCE, layerInput, y, mask);
        layerInput = y;
      }
      x = y;
      units.add(1);
    }
    return x;
  }

  private Tensor step(WaveStage stage, Tensor x, TokenMask mask) {
    SiteRecorder recorder = emission.statistics() ? stage.recorder(mask) : SiteRecorder.NONE;
    Tensor y = stage.forward().apply(x, recorder);
    recordInfluence(stage, Site.BLOCK_INFLUENCE, x, y, mask);
    return y;
  }

  private void recordInfluence(WaveStage stage, Site site, Tensor x, Tensor y, TokenMask mask) {
    if (emission.statistics()) {
      stage.guarded(site, () -> stage.statistics().recordInfluence(site, x, y, mask));
    }
  }
}
